#if Qt
import CQtProgram
import Carillon
import CarillonQt
import CarillonSQLite
import CarillonTesting
import Foundation

/// The suites of schedulers and executors, on those of Qt.
enum Conformance {
    private static let flavours = [
        flavour(
            "qt", tasks: .mainThread, blockedBecause: "its tasks and its engine share the main thread", QtScheduler.init
        ),
        flavour("qt with threads", tasks: .thread(named: "carillon-pool"), blockedBecause: nil) { deadline, options in
            var options = options
            if options.executors["default"] == nil { options.executors["default"] = ThreadPoolExecutor() }
            return QtScheduler(quitDeadline: deadline, options)
        },
    ]

    private static func flavour(
        _ name: String, tasks: SchedulerPlace, blockedBecause: String?,
        _ make: @escaping @Sendable (Duration, SchedulerOptions) -> QtScheduler
    ) -> SchedulerFlavour {
        SchedulerFlavour(
            name, engine: .mainThread, blockingTasks: tasks, suspendingTasks: tasks, blockedBecause: blockedBecause
        ) {
            make(.seconds(5), $0)
        } start: { scheduler in
            try await MainActor.run { try scheduler.start() }
            try await scheduler.waitForStart()
        }
    }

    static func judgeSchedulers() {
        qt_program_make()
        QtWorkerMain.exec {
            for flavour in flavours {
                await SchedulerConformance.judge(flavour, patience: .seconds(60), alsoOn: "SQLite") { clock in
                    let path = FileManager.default.temporaryDirectory.appending(path: "carillon-\(UUID()).sqlite")
                    return try await SQLiteJobStore(path: path.path, clock: { clock.now })
                } say: {
                    say($0)
                }
            }
        }
    }

    /// With room for one run, all cases; with room for several, those of runs that suspend, since others run one at a
    /// time.
    static func judgeExecutors() {
        qt_program_make()
        QtWorkerMain.exec {
            for one in ExecutorConformance.cases { await judge(Harness(name: "one at a time", capacity: 1), by: one) }
            for one in ExecutorConformance.cases where one.name.hasSuffix("if it suspends") {
                await judge(Harness(name: "several", capacity: nil), by: one)
            }
        }
    }

    private static func judge(_ harness: Harness, by one: ExecutorConformanceCase) async {
        do {
            switch try await one.run(on: harness, patience: .seconds(60)) {
            case .notApplicable(let reason): say("\(harness.name): \(one): not applicable: \(reason)")
            case let result: say("\(harness.name): \(one): \(result)")
            }
        } catch { say("\(harness.name): \(one): \(error)") }
    }

    private struct Harness: ExecutorHarness {
        let name: String
        /// As many as the suite asks for, if `nil`.
        let capacity: Int?

        func makeExecutor(capacity: Int) -> any JobExecutor { QtExecutor(maxWorkers: self.capacity ?? capacity) }
    }
}
#endif
