#if os(Linux)
private import CTimers
import Foundation
import Synchronization

/// The way into a process pool, from any thread; its own thread does the rest (`ProcessPoolLoop`).
final class ProcessPool: Sendable {
    struct Settings: Sendable {
        let workers: Int
        /// After how many runs a worker is replaced; `nil` for never.
        let runsPerWorker: Int?
        /// How long a run may take to end after it was asked to, in microseconds.
        let killAfter: Int64
        let program: String
        let arguments: [String]
        /// Returns the variables that what tasks start does not inherit.
        let hiding: @Sendable () -> Set<String>
    }

    /// What has come since the thread last looked.
    struct Inbox {
        var works: [RunWork] = []
        /// Reserved runs whose arguments were completed elsewhere.
        var completed: [(RunWork, Result<[UInt8], CarillonError>)] = []
        /// Runs at work that were asked to end.
        var cancelled: [RunWork] = []

        var isEmpty: Bool { works.isEmpty && completed.isEmpty && cancelled.isEmpty }
    }

    private struct State {
        var inbox = Inbox()
        var isShutDown = false
        var hasThread = false
        /// What wakes the thread; -1 if the system has none, so that the thread looks every few milliseconds.
        var event: Int32 = -1
        var processes: [Int32] = []
    }

    let settings: Settings
    private let state = Mutex(State())

    init(_ settings: Settings) { self.settings = settings }

    func execute(_ works: [RunWork]) {
        post {
            $0.inbox.works += works
            $0.isShutDown = false
        }
    }

    /// Asks a run at work to end.
    func cancel(_ work: RunWork) { post { $0.inbox.cancelled.append(work) } }

    /// Completes the arguments of a reserved run on a thread of its own, since it reads files.
    func complete(_ work: RunWork) {
        NamedThread.start("carillon-secrets", stackBytes: 1 << 19) {
            let result = Result { () throws(CarillonError) in try work.completeArguments() }
            self.post { $0.inbox.completed.append((work, result)) }
        }
    }

    func shutdown() {
        state.withLock { state in
            guard state.hasThread, !state.isShutDown else { return }
            state.isShutDown = true
            wake(state)
        }
    }

    private func post(_ add: (inout State) -> Void) {
        state.withLock { state in
            let wasEmpty = state.inbox.isEmpty
            add(&state)
            guard state.hasThread else {
                state.hasThread = true
                state.event = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
                let event = state.event
                // The thread lives as long as its workers: the system kills a process when the thread ends that started it.
                return NamedThread.start("carillon-procs") { ProcessPoolLoop(self, event).run() }
            }
            if wasEmpty { wake(state) }
        }
    }

    private func wake(_ state: borrowing State) { if state.event >= 0 { eventfd_write(state.event, 1) } }

    /// The process ids of the workers.
    var processes: [Int32] {
        get { state.withLock { $0.processes } }
        set { state.withLock { $0.processes = newValue } }
    }

    /// Removes and returns what has come, and whether the pool is to end its workers; for the pool's thread.
    func take() -> (Inbox, isShutDown: Bool) {
        state.withLock { state in
            defer { state.inbox = Inbox() }
            return (state.inbox, state.isShutDown)
        }
    }

    /// Ends the service of the thread, which has no worker and nothing to do any more.
    ///
    /// - Returns: `false` if something has come meanwhile.
    func leave() -> Bool {
        state.withLock { state in
            guard state.isShutDown, state.inbox.isEmpty else { return false }
            state.hasThread = false
            if state.event >= 0 { close(state.event) }
            state.event = -1
            return true
        }
    }
}
#endif
