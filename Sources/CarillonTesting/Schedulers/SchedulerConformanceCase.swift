public import Carillon

/// A test case for schedulers.
public struct SchedulerConformanceCase: Sendable, CustomStringConvertible, Identifiable {
    /// Makes a store for a scheduler on a clock.
    public typealias StoreMaker = @Sendable (any SchedulerClock) async throws -> any JobStore

    /// The subject of the case, the same for several cases.
    public let group: String
    /// What holds if the case passes.
    public let name: String
    private let blocksATask: Bool
    private let body: @Sendable (SchedulerCaseBench) async throws -> Void

    init(
        group: String, name: String, blocksATask: Bool,
        body: @escaping @Sendable (SchedulerCaseBench) async throws -> Void
    ) {
        self.group = group
        self.name = name
        self.blocksATask = blocksATask
        self.body = body
    }

    /// The group and the name.
    public var description: String { "\(group): \(name)" }

    /// The description, which identifies a case, so that it can be run alone.
    public var id: String { description }

    /// Why the case says nothing of a flavour; `nil` if it applies to it.
    public func inapplicability(to flavour: SchedulerFlavour) -> String? { blocksATask ? flavour.blockedBecause : nil }

    /// Runs the case on new schedulers. One that is not applicable passes.
    ///
    /// - Parameters:
    ///   - flavour: The kind of scheduler.
    ///   - patience: How long the case waits for something that has to come. It is no limit of the scheduler's speed: it
    ///     should be longer than anything takes but a hang.
    ///   - makeStore: Makes the stores of the schedulers, each an empty one.
    /// - Throws: `ConformanceFailure` if the flavour fails the case, or any error of the store.
    public func run(
        on flavour: SchedulerFlavour, patience: Duration = .seconds(90),
        makeStore: @escaping StoreMaker = { clock in MemoryJobStore { clock.now } }
    ) async throws {
        guard inapplicability(to: flavour) == nil else { return }
        let bench = SchedulerCaseBench(flavour, patience: patience, makeStore: makeStore)
        do {
            try await body(bench)
        } catch {
            await bench.abandon()
            throw error
        }
        try await bench.end()
    }

    /// Runs the case, and says in a line how that went, for a program that tells its parent.
    ///
    /// - Parameter store: What `makeStore` makes, for the line.
    package func verdict(
        on flavour: SchedulerFlavour, store: String = "memory", patience: Duration = .seconds(90),
        makeStore: @escaping StoreMaker = { clock in MemoryJobStore { clock.now } }
    ) async -> String {
        let subject = "\(flavour), \(store): \(self)"
        if let reason = inapplicability(to: flavour) { return "\(subject): not applicable: \(reason)" }
        do {
            try await run(on: flavour, patience: patience, makeStore: makeStore)
            return "\(subject): passed"
        } catch { return "\(subject): \(error)" }
    }
}

/// The conformance suite for scheduler flavours.
public enum SchedulerConformance {
    /// All cases.
    public static let cases: [SchedulerConformanceCase] = [
        firing, pausing, troubledStores, shuttingDown, startingAnew, several, places, cycles,
    ].flatMap { $0 }

    /// Runs all cases on a flavour, and all but those of cycles on another store too, in a program that does nothing else.
    ///
    /// - Parameters:
    ///   - store: What `makeStore` makes, for the lines.
    ///   - say: Called with a line for each case.
    package static func judge(
        _ flavour: SchedulerFlavour, patience: Duration = .seconds(90), alsoOn store: String,
        _ makeStore: @escaping SchedulerConformanceCase.StoreMaker, say: (String) -> Void
    ) async {
        for one in cases { say(await one.verdict(on: flavour, patience: patience)) }
        for one in cases where one.group != "Cycles" {
            say(await one.verdict(on: flavour, store: store, patience: patience, makeStore: makeStore))
        }
    }

    /// Returns the cases of a group.
    static func group(_ name: String, _ fill: (inout SchedulerCaseList) -> Void) -> [SchedulerConformanceCase] {
        var list = SchedulerCaseList(group: name)
        fill(&list)
        return list.cases
    }
}

/// Collects the cases of a group.
struct SchedulerCaseList {
    let group: String
    private(set) var cases: [SchedulerConformanceCase] = []

    init(group: String) { self.group = group }

    /// Adds a case.
    ///
    /// - Parameter blocksATask: Whether it needs the engine while a task blocks.
    mutating func add(
        _ name: String, blocksATask: Bool = false,
        _ body: @escaping @Sendable (SchedulerCaseBench) async throws -> Void
    ) {
        cases.append(SchedulerConformanceCase(group: group, name: name, blocksATask: blocksATask, body: body))
    }
}
