public import Carillon

/// A test case for executors.
public struct ExecutorConformanceCase: Sendable, CustomStringConvertible, Identifiable {
    /// The subject of the case, the same for several cases.
    public let group: String
    /// What holds if the case passes.
    public let name: String
    /// What the executor must be able to do.
    public let needs: Set<ExecutorAbility>
    private let body: @Sendable (ExecutorBench) async throws -> Void

    init(
        group: String, name: String, needs: Set<ExecutorAbility>,
        body: @escaping @Sendable (ExecutorBench) async throws -> Void
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

    /// Runs the case on a new executor.
    ///
    /// - Parameters:
    ///   - harness: Makes the executor.
    ///   - patience: How long the case waits for something that has to come. It is no limit of the executor's speed: it
    ///     should be longer than anything takes but a hang.
    /// - Returns: `passed` or `notApplicable`.
    /// - Throws: `ConformanceFailure` if the executor fails the case, or any error of the harness.
    @discardableResult
    public func run(
        on harness: any ExecutorHarness, patience: Duration = .seconds(90)
    ) async throws -> ExecutorConformanceResult {
        let missing = needs.compactMap { harness.inabilities[$0] }
        guard missing.isEmpty else { return .notApplicable(missing.sorted().joined(separator: "; ")) }
        let executor = try await harness.makeExecutor(capacity: ExecutorBench.capacity)
        try expectEqual(
            harness.inabilities[.returnsAtOnce] != nil, executor.isInline,
            "whether the harness says that 'execute' waits for the runs, and whether the executor is inline")
        let bench = try ExecutorBench(executor, patience: patience)
        do {
            try await bench.start()
            try await body(bench)
        } catch let reason as NotApplicable {
            bench.abandon()
            return .notApplicable(reason.text)
        } catch {
            bench.abandon()
            throw error
        }
        try await bench.end()
        return .passed
    }
}

/// Thrown by a case that finds that it says nothing of an executor.
struct NotApplicable: Error {
    let text: String

    init(_ text: String) { self.text = text }
}

/// The result of a case.
public enum ExecutorConformanceResult: Hashable, Sendable {
    /// The executor meets the case.
    case passed
    /// The executor fails the case.
    case failed(String)
    /// The executor cannot do by its nature what the case needs, with the reason.
    case notApplicable(String)
}

/// The conformance suite for executors.
public enum ExecutorConformance {
    /// All cases.
    public static let cases: [ExecutorConformanceCase] = [
        performing, handingOver, capacity, order, cancellation, stopping,
    ].flatMap { $0 }

    /// Registers the tasks that the suite runs. A harness calls it only where runs are performed in other processes:
    /// there, on whatever those look tasks up in.
    ///
    /// - Throws: `CarillonError` with `invalidName`, as any registration.
    public static func registerTasks(on host: some TaskHost) throws(CarillonError) {
        try host.register(ControlledTask.Kind.blocking.task) { (arguments: ControlledTask.Arguments, context) in
            try ControlledTask.performBlocking(arguments, context)
        }
        try host.register(ControlledTask.Kind.suspending.task) { (arguments: ControlledTask.Arguments, context) in
            try await ControlledTask.performSuspending(arguments, context)
        }
    }

    /// Returns the cases of a group.
    static func group(_ name: String, _ fill: (inout ExecutorCaseList) -> Void) -> [ExecutorConformanceCase] {
        var list = ExecutorCaseList(group: name)
        fill(&list)
        return list.cases
    }
}

/// Collects the cases of a group.
struct ExecutorCaseList {
    let group: String
    private(set) var cases: [ExecutorConformanceCase] = []

    init(group: String) { self.group = group }

    mutating func add(
        _ name: String, needs: Set<ExecutorAbility> = [],
        _ body: @escaping @Sendable (ExecutorBench) async throws -> Void
    ) {
        cases.append(ExecutorConformanceCase(group: group, name: name, needs: needs, body: body))
    }

    /// Adds a case for tasks that block and one for tasks that suspend.
    mutating func addForBoth(
        _ name: String, needs: Set<ExecutorAbility> = [], ofBlocking: Set<ExecutorAbility> = [],
        _ body: @escaping @Sendable (ExecutorBench, ControlledTask.Kind) async throws -> Void
    ) {
        for kind in ControlledTask.Kind.allCases {
            add("\(name), if it \(kind.verb)", needs: kind == .blocking ? needs.union(ofBlocking) : needs) {
                try await body($0, kind)
            }
        }
    }
}
