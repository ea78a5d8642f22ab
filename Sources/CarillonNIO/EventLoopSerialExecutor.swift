#if NIO
import Carillon
import Dispatch
import NIOCore
import Synchronization

/// Runs an actor on an event loop, and on a dispatch queue once the loop has shut down.
///
/// The executor that NIO gives a loop drops its jobs then, and every call of the actor hangs for ever.
final class EventLoopSerialExecutor: SerialExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        /// Whether a turn is under way, or handed over.
        var hasTurn = false
        var isLoopGone = false
        var whenGone: (@Sendable () -> Void)?
    }

    let loop: any EventLoop
    private let state = Mutex(State())
    private let elsewhere = DispatchQueue(label: "carillon")

    init(_ loop: any EventLoop) { self.loop = loop }

    /// Whether the loop has shut down, as far as is known.
    var isLoopGone: Bool { state.withLock { $0.isLoopGone } }

    /// Calls `body` once when it is known that the loop has shut down; at once if it is.
    func whenLoopIsGone(_ body: @escaping @Sendable () -> Void) {
        let isGone = state.withLock { state in
            if !state.isLoopGone { state.whenGone = body }
            return state.isLoopGone
        }
        if isGone { body() }
    }

    /// Notes that the loop has shut down.
    func loopIsGone() {
        let body = state.withLock { state in
            state.isLoopGone = true
            return state.whenGone.take()
        }
        body?()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // Nobody but the job's task may keep the executor, and the job may be performed before this returns.
        let myself = Unmanaged.passRetained(self)
        defer { myself.release() }
        let isFirst = state.withLock { state in
            state.jobs.append(job)
            defer { state.hasTurn = true }
            return !state.hasTurn
        }
        if isFirst { takeTurn() }
    }

    private func takeTurn() {
        if isLoopGone { return elsewhere.async { self.performAll() } }
        LoopErrand.perform(on: loop) { [self] isOnLoop in
            if isOnLoop { return performAll() }
            loopIsGone()
            elsewhere.async { self.performAll() }
        }
    }

    /// Performs the jobs that are there; what they enqueue waits for another turn, so that the loop gets round to its
    /// channels.
    private func performAll() {
        let jobs = state.withLock { state in
            defer { state.jobs = [] }
            return state.jobs
        }
        for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
        let goesOn = state.withLock { state in
            state.hasTurn = !state.jobs.isEmpty
            return state.hasTurn
        }
        if goesOn { takeTurn() }
    }
}
#endif
