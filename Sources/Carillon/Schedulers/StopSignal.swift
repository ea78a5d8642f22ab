import Foundation

/// A signal that asks a program to stop; see `BlockingScheduler.start`.
public enum StopSignal: Hashable, Sendable, CaseIterable {
    /// SIGINT, which Ctrl-C sends.
    case interrupt
    /// SIGTERM, which service managers and `kill` send.
    case terminate

    var number: Int32 {
        switch self {
        case .interrupt: SIGINT
        case .terminate: SIGTERM
        }
    }
}
