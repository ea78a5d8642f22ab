import Synchronization

/// Collects the results of the cases on one store, and writes them as JSON when the last one has finished.
///
/// The file is an object with the store's name and `cases`, in the order of the suite: each with `group`, `name`,
/// `result` (`passed`, `failed` or `not applicable`) and `detail`.
public final class StoreConformanceReport: Sendable {
    private let harness: any StoreHarness
    private let path: String
    private let results = Mutex<[String: StoreConformanceResult]>([:])

    /// Creates a report of a harness's store.
    ///
    /// - Parameter directory: The folder of `<store>.json`, which is created if it does not exist.
    public init(_ harness: any StoreHarness, directory: String) {
        self.harness = harness
        path = "\(directory)/\(harness.name).json"
    }

    /// Runs a case and records its result.
    ///
    /// - Throws: Any error of the case.
    @discardableResult
    public func run(_ conformanceCase: StoreConformanceCase) async throws -> StoreConformanceResult {
        do {
            let result = try await conformanceCase.run(on: harness)
            try note(result, of: conformanceCase)
            return result
        } catch {
            try note(.failed("\(error)"), of: conformanceCase)
            throw error
        }
    }

    private func note(_ result: StoreConformanceResult, of conformanceCase: StoreConformanceCase) throws {
        let all = results.withLock { results in
            results[conformanceCase.description] = result
            return results.count == StoreConformance.cases.count ? results : nil
        }
        guard let all else { return }
        let rows = StoreConformance.cases.map { row(of: $0, all[$0.description]) }
        try ConformanceFile(subject: "store", name: harness.name, cases: rows).write(to: path)
    }

    private func row(of conformanceCase: StoreConformanceCase, _ result: StoreConformanceResult?)
        -> ConformanceFile.Case
    {
        let (word, detail): (ConformanceFile.Word, String) =
            switch result {
            case .passed: (.passed, "")
            case .failed(let text): (.failed, text)
            case .notApplicable(let missing): (.notApplicable, missing.map(\.rawValue).sorted().joined(separator: ", "))
            case nil: (.failed, "never ran")
            }
        return ConformanceFile.Case(
            group: conformanceCase.group, name: conformanceCase.name, result: word, detail: detail)
    }
}
