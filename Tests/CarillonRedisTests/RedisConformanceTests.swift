#if Redis
import CarillonTesting
import Testing

/// The Redis store passes the suite that every store passes.
@Suite struct RedisConformanceTests {
    private static let report = StoreConformanceReport(
        RedisStoreHarness(), directory: "\(Checkout.folder)/.build/store-conformance")

    /// One after the other most would wait.
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
