import Carillon
import CarillonTesting
import Foundation
import Testing

/// The executor suite, on every executor of the library and the one that the documentation shows.
@Suite(.timeLimit(.minutes(10))) struct ExecutorConformanceTests {
    @Test(arguments: ExecutorHarnesses.all.indices, ExecutorConformance.cases)
    func conforms(_ executor: Int, _ conformanceCase: ExecutorConformanceCase) async throws {
        try await conformanceCase.run(on: ExecutorHarnesses.all[executor])
    }

    @Test("Only what an executor cannot do is not applicable to it")
    func applicable() async throws {
        var counts: [String: Int] = [:]
        for harness in ExecutorHarnesses.all {
            let report = ExecutorConformanceReport(
                harness, directory: FileManager.default.temporaryDirectory.appending(path: "executors").path)
            for conformanceCase in ExecutorConformance.cases {
                if case .notApplicable(let reason) = try await report.run(conformanceCase) {
                    counts[harness.name, default: 0] += 1
                    #expect(!reason.isEmpty)
                }
            }
        }
        #expect(counts["threadpool"] == nil && counts["async"] == nil && counts["elastic"] == nil)
        // Those by priority, and what takes two runs at work.
        #expect(counts["one by one"] == 4)
        #expect((counts["debug"] ?? 0) < ExecutorConformance.cases.count)
    }
}
