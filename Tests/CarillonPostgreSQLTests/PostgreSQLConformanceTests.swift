#if PostgreSQL
import CarillonTesting
import Testing

/// The PostgreSQL store passes the suite that every store passes.
@Suite struct PostgreSQLConformanceTests {
    private static let report = StoreConformanceReport(
        PostgreSQLStoreHarness(), directory: "\(Checkout.folder)/.build/store-conformance")

    /// All at once would need more connections than the server takes, and one after the other most would wait.
    private static let gate = Gate(places: 4)

    @Test(arguments: StoreConformance.cases)
    func conforms(_ conformanceCase: StoreConformanceCase) async {
        await Self.gate.enter()
        do {
            let result = try await Self.report.run(conformanceCase)
            #expect(result == .passed, "\(conformanceCase)")
        } catch {
            Issue.record("\(conformanceCase): \(error)")
        }
        await Self.gate.leave()
    }
}
#endif
