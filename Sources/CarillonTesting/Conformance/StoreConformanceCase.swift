import Carillon

/// A test case for job stores.
public struct StoreConformanceCase: Sendable, CustomStringConvertible, Identifiable {
    /// The subject of the case, the same for several cases.
    public let group: String
    /// What holds if the case passes.
    public let name: String
    /// The features that the harness must have.
    public let needs: Set<StoreFeature>
    private let body: @Sendable (ConformanceBench) async throws -> Void

    init(
        group: String,
        name: String,
        needs: Set<StoreFeature>,
        body: @escaping @Sendable (ConformanceBench) async throws -> Void
    ) {
        self.group = group
        self.name = name
        self.needs = needs
        self.body = body
    }

    /// The group and the name.
    public var description: String { "\(group): \(name)" }

    /// The description, which identifies a case, so that it can be run alone.
    public var id: String { description }

    /// Runs the case on a fresh storage.
    ///
    /// - Returns: `passed` or `notApplicable`.
    /// - Throws: `StoreConformanceFailure` if the store fails the case, or any error of the store or the harness.
    @discardableResult
    public func run(on harness: any StoreHarness) async throws -> StoreConformanceResult {
        let missing = needs.subtracting(harness.features)
        guard missing.isEmpty else { return .notApplicable(missing) }
        let storage = try await harness.makeStorage()
        do {
            let store = try await storage.open()
            for (feature, isThere) in StoreFeature.conformances(of: store) {
                try expectEqual(
                    harness.features.contains(feature), isThere,
                    "whether the harness says that the store has '\(feature.rawValue)', and whether it does")
            }
            try await body(
                ConformanceBench(
                    storage: storage, store: store, hasAllListings: harness.features.contains(.allListings)))
        } catch {
            try? await storage.discard()
            throw error
        }
        try await storage.discard()
        return .passed
    }
}

/// The result of a case.
public enum StoreConformanceResult: Hashable, Sendable {
    /// The store meets the case.
    case passed
    /// The store fails the case.
    case failed(String)
    /// The harness lacks features that the case needs.
    case notApplicable(Set<StoreFeature>)
}

/// The conformance suite for job stores: the cases, in the order of the table.
public enum StoreConformance {
    /// All cases.
    public static let cases: [StoreConformanceCase] = [
        adding, passAdditions, names, dueIndex, readyIndex, conflicts, lostAnswers, policies, edits, heldBack,
        withdrawn, fencing, removal, endedJobs,
        recovery, notes,
        parked, reasons, why, history, paging, filters, heartbeats, clockSteps, payloads, unreadable, notifications,
        searches, counts, failures, audit, requests, moving,
        concurrency, severalHandles, persistence, processes, crashes,
    ].flatMap { $0 }

    /// Returns the cases of a group.
    static func group(_ name: String, _ fill: (inout CaseList) -> Void) -> [StoreConformanceCase] {
        var list = CaseList(group: name)
        fill(&list)
        return list.cases
    }
}

/// Collects the cases of a group.
struct CaseList {
    let group: String
    private(set) var cases: [StoreConformanceCase] = []

    init(group: String) { self.group = group }

    mutating func add(
        _ name: String,
        needs: Set<StoreFeature> = [],
        _ body: @escaping @Sendable (ConformanceBench) async throws -> Void
    ) {
        cases.append(StoreConformanceCase(group: group, name: name, needs: needs, body: body))
    }
}

/// Fails the case if a condition does not hold.
func expect(_ isSo: Bool, _ what: @autoclosure () -> String, file: String = #fileID, line: Int = #line)
    throws(StoreConformanceFailure)
{
    if !isSo { throw StoreConformanceFailure(what(), file: file, line: line) }
}

/// Fails the case if two values differ.
func expectEqual<Value: Equatable>(
    _ found: Value,
    _ expected: Value,
    _ what: @autoclosure () -> String,
    file: String = #fileID,
    line: Int = #line
) throws(StoreConformanceFailure) {
    guard found != expected else { return }
    throw StoreConformanceFailure("\(what()): found \(found), expected \(expected)", file: file, line: line)
}

/// Fails the case if a call does not throw an error with the given code.
func expectError<Value>(
    _ code: CarillonError.Code,
    _ what: @autoclosure () -> String,
    file: String = #fileID,
    line: Int = #line,
    _ call: () async throws -> Value
) async throws {
    do {
        _ = try await call()
    } catch let error as CarillonError {
        try expectEqual(error.code, code, what(), file: file, line: line)
        return
    }
    throw StoreConformanceFailure("\(what()): no error, expected \(code)", file: file, line: line)
}

/// Returns a value, or fails the case if it is `nil`.
func require<Value>(_ value: Value?, _ what: @autoclosure () -> String, file: String = #fileID, line: Int = #line)
    throws(StoreConformanceFailure) -> Value
{
    guard let value else { throw StoreConformanceFailure("\(what()): nothing found", file: file, line: line) }
    return value
}
