#if PostgreSQL
import CarillonTesting
import Testing

/// The PostgreSQL store passes the suite that every store passes.
@Suite struct PostgreSQLConformanceTests {
    private static let report = StoreConformanceReport(
        PostgreSQLStoreHarness(), directory: "\(TestServer.package)/.build/store-conformance")

    /// One after the other: hundreds at once would have more connections than the server takes.
    @Test(.serialized, arguments: StoreConformance.cases)
    func conforms(_ conformanceCase: StoreConformanceCase) async {
        do {
            let result = try await Self.report.run(conformanceCase)
            #expect(result == .passed, "\(conformanceCase)")
        } catch {
            Issue.record("\(conformanceCase): \(error)")
        }
    }
}
#endif
