import Synchronization

/// Whether the runs that a node has taken are still its own, as far as its monotonic clock can tell.
///
/// Other nodes count a lease from the store's stamp of this node's last heartbeat, and take over its runs when it has
/// run out. The stamp is later than the sending of the heartbeat, so a node that counts from the sending stops too
/// early rather than too late. If more than a lease may lie between two stamps, the runs taken before may be another
/// node's, whatever later heartbeats say.
package final class LeaseHold: Sendable {
    private struct State {
        /// When the last answered heartbeat was sent.
        var heard: Int64
        /// Runs taken since then are the node's as long as the lease lasts.
        var unbrokenSince: Int64
        var breaks = 0
    }

    /// In microseconds; `nil` if no other node can take over a run, since the store is this process's own.
    private let lease: Int64?
    private let state: Mutex<State>

    /// Creates a lease that begins at a time on the monotonic clock.
    package init(lease: Int64?, from monotonic: Int64) {
        self.lease = lease
        state = Mutex(State(heard: monotonic, unbrokenSince: monotonic))
    }

    /// Whether runs can become another node's at all.
    package var canRunOut: Bool { lease != nil }

    /// Begins anew: the store has seen no heartbeat of the node yet.
    package func begin(at monotonic: Int64) {
        state.withLock { state in
            state.heard = monotonic
            state.unbrokenSince = monotonic
            state.breaks += 1
        }
    }

    /// Records that a heartbeat was answered.
    package func hear(sent: Int64, answered: Int64) {
        guard let lease else { return }
        state.withLock { state in
            if answered - state.heard >= lease {
                state.unbrokenSince = sent
                state.breaks += 1
            }
            state.heard = max(state.heard, sent)
        }
    }

    /// How often the lease may have run out or has begun anew.
    package var breaks: Int { state.withLock { $0.breaks } }

    /// Whether the lease has not run out.
    package func isHeld(at monotonic: Int64) -> Bool { left(from: .max, at: monotonic) > 0 }

    /// Returns for how many more microseconds a run is certainly this node's; 0 or less if it may be another node's by
    /// now.
    ///
    /// - Parameter sent: When the pass that took the run was sent.
    package func left(from sent: Int64, at monotonic: Int64) -> Int64 {
        guard let lease else { return .max }
        return state.withLock { sent < $0.unbrokenSince ? 0 : $0.heard + lease - monotonic }
    }
}
