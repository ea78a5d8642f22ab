#if Qt
import CQtProgram
import Carillon
import CarillonQt
import CarillonTesting
import CarillonTriggers
import Foundation

/// What becomes of runs.
enum Runs {
    /// Where the parts of tasks run.
    static func areOfTheMainActor() throws {
        qt_program_make()
        let scheduler = QtScheduler()
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        try scheduler.declareJob(id: "isolated") { @MainActor () async in
            say("isolated: \(isMainThread())")
            end.yield()
        }
        try scheduler.declareJob(id: "suspends") { (_: TaskContext) async in
            let first = isMainThread()
            let second = await onMainActor()
            try? await Task.sleep(for: .milliseconds(1))
            say("suspends: \(first) \(second) \(isMainThread())")
            end.yield()
        }
        try scheduler.declareJob(id: "blocks") {
            say("blocks: \(isMainThread())")
            end.yield()
        }
        try scheduler.start()
        QtWorkerMain.exec {
            var left = 3
            for await _ in ends {
                left -= 1
                if left == 0 { break }
            }
        }
    }

    @MainActor private static func onMainActor() -> Bool { isMainThread() }

    /// A run that blocks by a dialog: other runs that suspend go on, those that block and the main actor wait.
    static func showADialog() throws {
        qt_program_make()
        let scheduler = QtScheduler()
        let (ends, end) = AsyncStream.makeStream(of: String.self)
        try scheduler.declareJob(id: "dialog") {
            end.yield("opens")
            qt_program_nest()
            end.yield("closes")
        }
        try scheduler.start()
        QtWorkerMain.exec {
            var lines = ends.makeAsyncIterator()
            say(await lines.next() ?? "")
            try await scheduler.addJob(id: "blocks") { end.yield("blocks") }
            try await scheduler.addJob(id: "suspends") { (_: TaskContext) async in
                end.yield("suspends, \(await onMainActor())")
            }
            say(await lines.next() ?? "")
            qt_program_leave()
            for _ in 1...2 { say(await lines.next() ?? "") }
        }
    }

    // MARK: The application quits while a run is at work

    /// Starts a scheduler with a run, quits when that is at work, and tells what has become of it when `exec` returns.
    private static func quit(
        _ options: SchedulerOptions = SchedulerOptions(), deadline: Duration,
        during body: @escaping @Sendable (TaskContext) async throws -> Void
    ) throws {
        qt_program_make()
        let scheduler = QtScheduler(quitDeadline: deadline, options)
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        try scheduler.declareJob(id: "long") { (context: TaskContext) async throws in
            begin.yield()
            try await body(context)
        }
        try scheduler.start()
        QtWorkerMain.exec { for await _ in begun { break } }
        say("exec has returned, the scheduler runs: \(scheduler.isRunning)")
    }

    static func areDrained() throws {
        try quit(deadline: .seconds(200)) { context in
            try await context.sleep(for: .milliseconds(300))
            say("the run ends, asked to: \(context.isCancelled), on the main thread: \(isMainThread())")
            await onTheMainActor { say("its last words, on the main actor") }
        }
    }

    @MainActor private static func onTheMainActor(_ body: () -> Void) { body() }

    static func areAskedToEnd() throws {
        try quit(deadline: .zero) { context in
            do { try await context.sleep(for: .seconds(3600)) } catch {
                say("the run is asked to end: \(context.isCancelled)")
                throw error
            }
        }
    }

    private static func ignoreEverything() async {
        await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
    }

    /// A run that ignores everything.
    static func areLeftBehind() throws {
        try quit(deadline: .zero) { _ in
            await ignoreEverything()
        }
    }

    /// The deadlines are never reached: the clock stands still.
    static func endWithoutTheirClock() throws {
        var options = SchedulerOptions()
        options.clock = ManualClock()
        try quit(options, deadline: .zero) { _ in
            await ignoreEverything()
        }
    }
}
#endif
