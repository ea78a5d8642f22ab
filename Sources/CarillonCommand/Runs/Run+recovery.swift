#if Command
import Carillon

/// What a person is told of runs that were begun more than once since a node died or stopped.
extension Run {
    /// `once`, `2 times`.
    var recoveryCount: String { recoveries == 1 ? "once" : "\(recoveries) times" }

    /// A sentence on what kept the run from an outcome, and what becomes of it; nothing where it was begun once. A run that
    /// is not running waits to be run again: a later occurrence may take its place, or somebody may cancel it.
    var recoveryWords: String? {
        guard recoveries > 0 else { return nil }
        // A stop that ended it is told of in the run; else it is not known whether its node died, or stopped and left it.
        let cause =
            isInterrupted ? "It was \((error ?? "").printable), and" : "Its node was gone before it ended, and it"
        let often = recoveries == 1 ? "" : " (its nodes died or stopped \(recoveryCount))"
        switch state {
        case .finished(.lost):
            guard let error, !isInterrupted else { return "\(cause) is not run again\(often)." }
            return "\(error.prefix(1).uppercased() + error.dropFirst())".printable + "."
        case .finished:
            let before = "Its node had died or stopped before\(recoveries == 1 ? "" : ", \(recoveryCount)")"
            guard !wasBegunAgain else { return "\(before), and it was run again." }
            return "\(before), and it was not run again\(recoveries == 1 ? "" : " after that")."
        // What is to be cancelled says why in the place of that.
        case .waiting, .ready: return isCancelRequested ? nil : "\(cause) waits to be run again\(often)."
        case .running: return isCancelRequested ? nil : "\(cause) is run again\(often)."
        }
    }
}
#endif
