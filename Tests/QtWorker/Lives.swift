#if Qt
import CQtProgram
import Carillon
import CarillonQt
import CarillonTriggers
import Foundation
import Logging
import ServiceLifecycle

/// The lives of a scheduler and its application.
enum Lives {
    private static let scheduler = QtScheduler()

    private static func tryToStart(_ place: String) {
        do {
            try scheduler.start()
            say("\(place): started")
        } catch { say("\(place): \(error)") }
    }

    /// Where a scheduler starts, and where it is refused.
    static func starts() throws {
        tryToStart("without an application")
        qt_program_make()
        qt_program_call_elsewhere { Lives.tryToStart("on a thread of Qt") }
        try scheduler.declareJob(id: "declared") { say("declared: \(isMainThread())") }
        QtWorkerMain.exec {
            tryToStart("on the pool")
            do { try await scheduler.waitForStart() } catch { say("\(error)") }
            // Answered, also before the start.
            say("jobs: \(try await scheduler.jobs().count)")
            await MainActor.run { tryToStart("under exec") }
            await MainActor.run { tryToStart("again") }
            try await scheduler.waitForStart()
            try await added("added")
        }
        say("runs: \(scheduler.isRunning)")
    }

    private static func added(_ id: String) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            Task {
                do {
                    try await scheduler.addJob(id: JobID(id)) {
                        say("\(id): \(isMainThread())")
                        continuation.resume()
                    }
                } catch { continuation.resume(throwing: error) }
            }
        }
    }

    /// Started before `exec`, and between two of them; asked something when nothing drives the main thread.
    static func execsTwice() throws {
        qt_program_make()
        for round in 1...2 {
            try scheduler.start()
            QtWorkerMain.exec { try await added("round \(round)") }
            let answered = DispatchSemaphore(value: 0)
            Task {
                let jobs = try await scheduler.jobs().count
                say("runs: \(scheduler.isRunning), jobs: \(jobs)")
                answered.signal()
            }
            answered.wait()
        }
    }

    /// An application that goes without having quit.
    static func isDestroyed() throws {
        qt_program_make()
        try scheduler.declareJob(id: "late") { say("ran") }
        try scheduler.start()
        qt_program_destroy()
        let answered = DispatchSemaphore(value: 0)
        Task {
            await scheduler.shutdown()
            let jobs = try await scheduler.jobs().map(\.job.id.description)
            say("runs: \(scheduler.isRunning), jobs: \(jobs)")
            tryToStart("without an application")
            answered.signal()
        }
        answered.wait()
        // Its work waits for another one.
        qt_program_make()
        try scheduler.start()
        QtWorkerMain.exec { try await added("under another application") }
    }

    /// A group that ends it, by each of the two ways.
    static func isService() throws {
        qt_program_make()
        for isGraceful in [true, false] {
            if isGraceful {
                let early = QtScheduler()
                QtWorkerMain.exec { do { try await early.run() } catch { say("\(error)") } }
            }
            let scheduler = QtScheduler()
            let (begun, begin) = AsyncStream.makeStream(of: Void.self)
            try scheduler.declareJob(id: "long") { (context: TaskContext) async throws in
                begin.yield()
                try await context.sleep(for: .milliseconds(isGraceful ? 50 : 3_600_000))
                say("ended by itself")
            }
            try scheduler.start()
            QtWorkerMain.exec {
                let group = ServiceGroup(services: [scheduler], logger: Logger(label: "worker"))
                let running = Task { try await group.run() }
                for await _ in begun { break }
                if isGraceful { await group.triggerGracefulShutdown() } else { running.cancel() }
                do { try await running.value } catch { say("\(error)") }
                let outcomes = try await scheduler.runs(of: "long").map { $0.outcome.map { "\($0)" } ?? "none" }
                say("runs: \(scheduler.isRunning), outcomes: \(outcomes)")
            }
        }
    }
}
#endif
