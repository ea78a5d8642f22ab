#if MySQL
import CarillonTesting
import Testing

/// The MySQL store passes the suite that every store passes, on MariaDB.
@Suite struct MySQLConformanceTests {
    private static let report = StoreConformanceReport(
        MySQLStoreHarness(), directory: "\(Checkout.folder)/.build/store-conformance")

    /// All at once would need more connections than the server takes, and one after the other most would wait.
    private static let gate = Gate(places: 4)

    @Test(arguments: StoreConformance.cases)
    func conforms(_ conformanceCase: StoreConformanceCase) async {
        await Self.gate.enter()
        do {
            let result = try await Self.report.run(conformanceCase)
            // The server notifies nobody.
            let isNotifying = conformanceCase.needs.contains(.changeNotification)
            let expected = isNotifying ? StoreConformanceResult.notApplicable([.changeNotification]) : .passed
            #expect(result == expected, "\(conformanceCase)")
        } catch {
            Issue.record("\(conformanceCase): \(error)")
        }
        await Self.gate.leave()
    }
}
#endif
