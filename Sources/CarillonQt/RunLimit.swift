#if Qt
import Carillon
import Synchronization

/// Begins runs as far as there is room; the others wait, the highest priority first.
final class RunLimit: Sendable {
    private struct State {
        var suspending = WaitingWorks<RunWork>()
        var blocking = WaitingWorks<RunWork>()
        var atWork = 0
        /// How many of them block.
        var blockingAtWork = 0
        var isShutDown = false
        /// Whether the run that began last blocks.
        var beganBlocking = false
    }

    /// The most runs at work at the same time.
    let capacity: Int
    /// The most of them that block.
    private let blockingCapacity: Int
    private let state = Mutex(State())

    init(_ capacity: Int, blocking: Int? = nil) {
        self.capacity = max(capacity, 1)
        blockingCapacity = max(blocking ?? capacity, 1)
    }

    /// Adds runs, and returns those to begin now.
    func add(_ works: [RunWork]) -> [RunWork] {
        state.withLock { state in
            state.isShutDown = false
            for work in works {
                if work.isBlocking {
                    state.blocking.append(work, priority: work.priority)
                } else {
                    state.suspending.append(work, priority: work.priority)
                }
            }
            return begin(&state)
        }
    }

    /// Records the end of a run.
    ///
    /// - Returns: The runs to begin in its place; and whether all have ended since the shutdown.
    func end(ofBlocking isBlocking: Bool) -> (next: [RunWork], isOver: Bool) {
        state.withLock { state in
            state.atWork -= 1
            if isBlocking { state.blockingAtWork -= 1 }
            let next = begin(&state)
            return (next, state.isShutDown && state.atWork == 0)
        }
    }

    /// Records that nothing more is expected.
    ///
    /// - Returns: Whether all runs have ended.
    func shutdown() -> Bool {
        state.withLock { state in
            state.isShutDown = true
            return state.atWork == 0
        }
    }

    private func begin(_ state: inout State) -> [RunWork] {
        var begun: [RunWork] = []
        while state.atWork < capacity, let isBlocking = nextBlocks(state),
            let work = isBlocking ? state.blocking.popFirst() : state.suspending.popFirst()
        {
            begun.append(work)
            state.atWork += 1
            if isBlocking { state.blockingAtWork += 1 }
            state.beganBlocking = isBlocking
        }
        return begun
    }

    /// Whether the run that begins next blocks; `nil` if none can begin. Of two with the same priority, the kind that
    /// did not begin last, so that neither waits for ever.
    private func nextBlocks(_ state: State) -> Bool? {
        let blocking = state.blockingAtWork < blockingCapacity ? state.blocking.priority : nil
        guard let blocking else { return state.suspending.priority.map { _ in false } }
        guard let suspending = state.suspending.priority else { return true }
        return blocking == suspending ? !state.beganBlocking : blocking > suspending
    }
}
#endif
