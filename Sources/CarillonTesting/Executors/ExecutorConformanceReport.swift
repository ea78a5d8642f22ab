import Synchronization

/// Collects the results of the cases on one executor, and writes them as JSON when the last one has finished.
///
/// The file is an object with the executor's name and `cases`, in the order of the suite: each with `group`, `name`,
/// `result` (`passed`, `failed` or `not applicable`) and `detail`, the failure or why the case is not applicable.
public final class ExecutorConformanceReport: Sendable {
    private let harness: any ExecutorHarness
    private let path: String
    private let results = Mutex<[String: ExecutorConformanceResult]>([:])

    /// Creates a report of a harness's executor.
    ///
    /// - Parameter directory: The folder of `<executor>.json`, which is created if it does not exist.
    public init(_ harness: any ExecutorHarness, directory: String) {
        self.harness = harness
        path = "\(directory)/\(harness.name).json"
    }

    /// Runs a case and records its result.
    ///
    /// - Throws: Any error of the case.
    @discardableResult
    public func run(
        _ conformanceCase: ExecutorConformanceCase, patience: Duration = .seconds(90)
    ) async throws -> ExecutorConformanceResult {
        do {
            let result = try await conformanceCase.run(on: harness, patience: patience)
            try note(result, of: conformanceCase)
            return result
        } catch {
            try note(.failed("\(error)"), of: conformanceCase)
            throw error
        }
    }

    private func note(_ result: ExecutorConformanceResult, of conformanceCase: ExecutorConformanceCase) throws {
        let all = results.withLock { results in
            results[conformanceCase.description] = result
            return results.count == ExecutorConformance.cases.count ? results : nil
        }
        guard let all else { return }
        let rows = ExecutorConformance.cases.map { one in
            let (word, detail): (ConformanceFile.Word, String) =
                switch all[one.description] {
                case .passed: (.passed, "")
                case .failed(let text): (.failed, text)
                case .notApplicable(let reason): (.notApplicable, reason)
                case nil: (.failed, "never ran")
                }
            return ConformanceFile.Case(group: one.group, name: one.name, result: word, detail: detail)
        }
        try ConformanceFile(subject: "executor", name: harness.name, cases: rows).write(to: path)
    }
}
