import Synchronization

/// Takes what others tell a lane from their own threads, and wakes it.
final class LaneInbox: Sendable {
    /// What has been told since the lane last looked.
    struct Contents: Sendable {
        /// Heartbeats that were answered, with when they were sent and answered.
        var heartbeats: [(answer: Heartbeat, sent: Int64, answered: Int64)] = []
        /// What was heard in between, with when it was.
        var news: [(answer: StoreNews, answered: Int64)] = []
        /// When a heartbeat last failed, on the monotonic clock.
        var failed: Int64?
        /// Whether the store said that somebody changed it.
        var isChanged = false
        /// Whether a heartbeat was answered after others had failed.
        var answersAgain = false
    }

    private let contents = Mutex(Contents())
    private let signal: WakeSignal
    /// Written by what sends heartbeats.
    let lease: LeaseHold
    /// Whether the next heartbeats are to ask for all nodes; see `LimitDoubts`. Written by the lane.
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
