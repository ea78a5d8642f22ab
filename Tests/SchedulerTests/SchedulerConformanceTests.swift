import Carillon
import CarillonSQLite
import CarillonTesting
import CarillonTriggers
import Foundation
import Synchronization
import Testing

/// The scheduler suite, on every flavour and the one that the documentation shows. `ProgramTests` has the main thread.
@Suite(.timeLimit(.minutes(10))) struct SchedulerConformanceTests {
    static let flavours: [SchedulerFlavour] = [
        .async, .background(daemon: true), .background(daemon: false), .elastic,
        .blocking(on: .thread(named: "blocking")) { NamedThread.start("blocking", $0) }, .queue,
    ]

    /// The cases of cycles count what a process has, so `ProgramTests` runs them in a process of their own.
    private static let cases = SchedulerConformance.cases.filter { $0.group != "Cycles" }

    @Test(arguments: flavours.indices, cases)
    func conforms(_ flavour: Int, _ conformanceCase: SchedulerConformanceCase) async throws {
        try await conformanceCase.run(on: Self.flavours[flavour])
    }

    @Test(arguments: flavours.indices, cases)
    func conformsOnSQLite(_ flavour: Int, _ conformanceCase: SchedulerConformanceCase) async throws {
        try await conformanceCase.run(on: Self.flavours[flavour]) { clock in
            let path = FileManager.default.temporaryDirectory.appending(path: "carillon-\(UUID()).sqlite").path
            return try await SQLiteJobStore(path: path, clock: { clock.now })
        }
    }

    // MARK: What the suite finds

    /// A flavour that is wrong on purpose, and the case that finds it.
    struct Finding: CustomTestStringConvertible, Sendable {
        let fault: String
        let name: String
        let flavour: SchedulerFlavour

        var testDescription: String { fault }
    }

    private static func background(
        engine: SchedulerPlace = .thread(named: "carillon"), tasks: SchedulerPlace = .thread(named: "carillon-pool"),
        start: @escaping @Sendable (BackgroundScheduler) async throws -> Void = { try await $0.start() },
        make: @escaping @Sendable (SchedulerOptions) -> BackgroundScheduler = { BackgroundScheduler($0) }
    ) -> SchedulerFlavour {
        SchedulerFlavour(
            "faulty", engine: engine, blockingTasks: tasks, suspendingTasks: tasks, make: make, start: start)
    }

    private static let keptSchedulers = Mutex<[BackgroundScheduler]>([])

    static let findings = [
        Finding(
            fault: "its engine runs elsewhere", name: "Where it runs: the engine runs where the flavour says",
            flavour: background(engine: .mainThread)),
        Finding(
            fault: "its tasks run elsewhere",
            name: "Where it runs: tasks run where the flavour says, if nothing else is configured",
            flavour: background(tasks: .swiftConcurrency)),
        Finding(
            fault: "a second start is ignored", name: "Starting anew: a second start is refused, and changes nothing",
            flavour: background(start: { if !$0.isRunning { try await $0.start() } })),
        Finding(
            fault: "a failed start is not told",
            name: "Starting anew: a start that fails says why, and the next one may succeed",
            flavour: background(start: { try? await $0.start() })),
        Finding(
            fault: "it never starts", name: "Firing: an earlier job wakes it, and one that is due at once",
            flavour: background(start: { _ in })),
        Finding(
            fault: "it has a clock of its own", name: "Firing: an interval fires at its times, and not before",
            flavour: background(make: { options in
                var options = options
                options.clock = SystemClock()
                return BackgroundScheduler(options)
            })),
        Finding(
            fault: "schedulers are kept",
            name: "Cycles: 100 schedulers, one after the other, leave no memory, thread or descriptor",
            flavour: background(make: { options in
                let scheduler = BackgroundScheduler(options)
                keptSchedulers.withLock { $0.append(scheduler) }
                return scheduler
            })),
    ]

    @Test(arguments: findings)
    func isFound(_ finding: Finding) async throws {
        let conformanceCase = try #require(SchedulerConformance.cases.first { $0.description == finding.name })
        await #expect(throws: ConformanceFailure.self) {
            try await conformanceCase.run(on: finding.flavour, patience: .seconds(5))
        }
    }
}
