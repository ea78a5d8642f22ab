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

    private struct Report: Decodable {
        struct Case: Decodable {
            let result: String
            let detail: String
        }

        let executor: String
        let cases: [Case]
    }

    @Test("Only what an executor cannot do is not applicable to it, and the report says so")
    func applicable() async throws {
        var counts: [String: Int] = [:]
        let directory = FileManager.default.temporaryDirectory.appending(path: "executors-\(UUID())")
        defer { try? FileManager.default.removeItem(at: directory) }
        for harness in ExecutorHarnesses.all {
            let report = ExecutorConformanceReport(harness, directory: directory.path)
            for conformanceCase in ExecutorConformance.cases {
                if case .notApplicable(let reason) = try await report.run(conformanceCase) {
                    counts[harness.name, default: 0] += 1
                    #expect(!reason.isEmpty)
                }
            }
            let data = try Data(contentsOf: directory.appending(path: "\(harness.name).json"))
            let written = try JSONDecoder().decode(Report.self, from: data)
            #expect(written.executor == harness.name && written.cases.count == ExecutorConformance.cases.count)
            #expect(written.cases.count { $0.result == "not applicable" } == counts[harness.name] ?? 0)
            #expect(written.cases.allSatisfy { $0.result == "passed" || !$0.detail.isEmpty })
        }
        #expect(counts["threadpool"] == nil && counts["async"] == nil && counts["elastic"] == nil)
        // Those by priority, and what takes two runs at work.
        #expect(counts["one by one"] == 4)
        #expect((counts["debug"] ?? 0) < ExecutorConformance.cases.count)
    }
}
