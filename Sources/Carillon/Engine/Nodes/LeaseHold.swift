import Synchronization

/// Whether the runs that a node has taken are still its own, as far as its monotonic clock can tell.
///
/// The other nodes count a lease from when the store stamped this node's last heartbeat, and then take over its runs. The
/// stamp is later than when the heartbeat was sent, so a node that counts from the sending stops rather too soon. Where
/// more than a lease may lie between two stamps, its runs of before may be another's, whatever heartbeats say afterwards.
final class LeaseHold: Sendable {
    private struct State {
        /// When the last heartbeat that was answered had been sent.
        var heard: Int64
        /// What was taken since then is the node's as long as the lease lasts.
        var unbrokenSince: Int64
        var breaks = 0
    }

    /// `nil` where nobody else can take over a run: the store is this process's own.
    private let lease: Int64?
    private let state: Mutex<State>

    /// A lease that begins at a time of the monotonic clock.
    init(lease: Int64?, from monotonic: Int64) {
        self.lease = lease
        state = Mutex(State(heard: monotonic, unbrokenSince: monotonic))
    }

    /// Whether runs may become another node's at all.
    var canRunOut: Bool { lease != nil }

    /// Begins anew: nobody has heard of the node yet.
    func begin(at monotonic: Int64) {
        state.withLock { state in
            state.heard = monotonic
            state.unbrokenSince = monotonic
            state.breaks += 1
        }
    }

    /// A heartbeat was answered.
    func hear(sent: Int64, answered: Int64) {
        guard let lease else { return }
        state.withLock { state in
            if answered - state.heard >= lease {
                state.unbrokenSince = sent
                state.breaks += 1
            }
            state.heard = max(state.heard, sent)
        }
    }

    /// Rises each time the lease may have run out, and when it begins anew.
    var breaks: Int { state.withLock { $0.breaks } }

    /// Whether the lease has not run out.
    func isHeld(at monotonic: Int64) -> Bool { left(from: .max, at: monotonic) > 0 }

    /// For how many more microseconds a run is surely the node's, 0 or less where it may be another's by now.
    ///
    /// - Parameter sent: When the pass was sent that took the run.
    func left(from sent: Int64, at monotonic: Int64) -> Int64 {
        guard let lease else { return .max }
        return state.withLock { sent < $0.unbrokenSince ? 0 : $0.heard + lease - monotonic }
    }
}
