import Synchronization

/// Messages for a lane from other threads, which wake it.
final class LaneInbox: Sendable {
    /// The messages since the lane last looked.
    struct Contents: Sendable {
        /// The answers to heartbeats, with when these were sent and answered.
        var heartbeats: [(answer: Heartbeat, sent: Int64, answered: Int64)] = []
        /// The store's news between heartbeats, with when they were answered.
        var news: [(answer: StoreNews, answered: Int64)] = []
        /// When a heartbeat last failed, on the monotonic clock.
        var failed: Int64?
        /// Whether the store reported a change.
        var isChanged = false
        /// Whether a heartbeat was answered after others had failed.
        var answersAgain = false
    }

    private let contents = Mutex(Contents())
    private let signal: WakeSignal
    /// Written by the task that sends heartbeats.
    let lease: LeaseHold
    /// Whether the next heartbeats have to ask for all nodes; see `LimitDoubts`. Written by the lane.
    let needsAllNodes = Atomic(false)

    init(_ signal: WakeSignal, _ lease: LeaseHold) {
        self.signal = signal
        self.lease = lease
    }

    func post(_ change: (inout Contents) -> Void) {
        contents.withLock { change(&$0) }
        signal.raise()
    }

    func takeAll() -> Contents {
        contents.withLock { contents in
            defer { contents = Contents() }
            return contents
        }
    }
}
