import Carillon

/// What a person is told of runs that were begun more than once since a node died or stopped.
extension Run {
    /// `once`, `2 times`.
    var recoveryCount: String { recoveries == 1 ? "once" : "\(recoveries) times" }

    /// A sentence on what kept the run from an outcome, and what becomes of it; nothing where it was begun once.
    var recoveryWords: String? {
        guard recoveries > 0 else { return nil }
        // A stop is told of in the run, a death is not.
        let cause = error.map { "It was \($0.printable), and" } ?? "Its node died, and it"
        let often = recoveries == 1 ? "" : " (its nodes died or stopped \(recoveryCount))"
        return switch state {
        case .finished(.lost): "\(cause) is not run again\(often)."
        case .finished: "Its node had died or stopped before\(recoveries == 1 ? "" : ", \(recoveryCount)")."
        // What is to be cancelled says why in the place of that.
        case .waiting, .ready, .running: isCancelRequested ? nil : "\(cause) is run again\(often)."
        }
    }
}
