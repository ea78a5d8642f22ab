import CarillonTesting
import Foundation
import Testing

/// The memory store passes the suite that every store passes.
@Suite struct MemoryConformanceTests {
    private static let report = StoreConformanceReport(
        MemoryStoreHarness(), directory: "\(BuildProducts.packagePath)/.build/store-conformance")

    @Test(arguments: StoreConformance.cases)
    func conforms(_ conformanceCase: StoreConformanceCase) async {
        do {
            try await Self.report.run(conformanceCase)
        } catch {
            Issue.record("\(conformanceCase): \(error)")
        }
    }

    @Test func suiteHasAtLeastAHundredCasesWithDifferentNames() {
        let names = StoreConformance.cases.map(\.description)
        #expect(names.count >= 100)
        #expect(Set(names).count == names.count)
    }

    @Test func onlyWhatNeedsMoreThanAMemoryStoreHasIsNotApplicable() async throws {
        for conformanceCase in StoreConformance.cases {
            let missing = conformanceCase.needs.subtracting(MemoryStoreHarness().features)
            #expect(missing.isSubset(of: [.severalHandles, .reopening, .workers, .damage]))
        }
    }
}
