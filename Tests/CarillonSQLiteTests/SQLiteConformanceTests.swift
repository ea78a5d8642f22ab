import CarillonTesting
import Testing

/// The SQLite store passes the suite that every store passes.
@Suite struct SQLiteConformanceTests {
    private static let report = StoreConformanceReport(
        SQLiteStoreHarness(), directory: "\(Checkout.folder)/.build/store-conformance")

    /// One after the other: hundreds at once would have thousands of files open.
    @Test(.serialized, arguments: StoreConformance.cases)
    func conforms(_ conformanceCase: StoreConformanceCase) async {
        do {
            let result = try await Self.report.run(conformanceCase)
            // Nothing calls back when another process writes the file.
            let isNotifying = conformanceCase.needs.contains(.changeNotification)
            let expected = isNotifying ? StoreConformanceResult.notApplicable([.changeNotification]) : .passed
            #expect(result == expected, "\(conformanceCase)")
        } catch {
            Issue.record("\(conformanceCase): \(error)")
        }
    }
}
