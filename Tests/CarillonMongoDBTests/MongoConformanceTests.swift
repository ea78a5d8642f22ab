#if MongoDB
import CarillonTesting
import Testing

/// The store on MongoDB passes, on a MongoDB-compatible server, the suite that every store passes.
@Suite struct MongoConformanceTests {
    private static let report = StoreConformanceReport(
        MongoStoreHarness(), directory: "\(Checkout.folder)/.build/store-conformance")

    /// One after the other most would wait.
    private static let gate = Gate(places: 4)

    @Test(arguments: StoreConformance.cases)
    func conforms(_ conformanceCase: StoreConformanceCase) async {
        await Self.gate.enter()
        do {
            let result = try await Self.report.run(conformanceCase)
            // What the store says that it does not do, and nothing else.
            if case .notApplicable(let missing) = result {
                #expect(missing.isSubset(of: MongoStoreHarness.missing), "\(conformanceCase)")
            } else {
                #expect(result == .passed, "\(conformanceCase)")
            }
        } catch {
            Issue.record("\(conformanceCase): \(error)")
        }
        await Self.gate.leave()
    }
}
#endif
