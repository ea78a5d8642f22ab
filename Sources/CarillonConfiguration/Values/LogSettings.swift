/// What a configuration says of the log.
public struct LogSettings: Hashable, Sendable {
    /// How much weight a record has: the words of swift-log, so that `Logger.Level(rawValue:)` takes them.
    public enum Level: String, Hashable, Sendable, CaseIterable, Comparable {
        /// Every step.
        case trace
        /// What helps to find a fault.
        case debug
        /// What goes on.
        case info
        /// What is not an error and may need attention.
        case notice
        /// What may lead to an error.
        case warning
        /// What went wrong.
        case error
        /// What needs attention at once.
        case critical

        /// The lighter one comes first.
        public static func < (left: Level, right: Level) -> Bool { left.rank < right.rank }

        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// Of which runs the log shows what they wrote. Their runs keep it in any case.
    public enum Output: String, Hashable, Sendable, CaseIterable {
        /// Of all that are told of.
        case all
        /// Of those that failed, took too long or were lost.
        case failures
        /// Of none.
        case none
    }

    /// How a record is written.
    public enum Format: String, Hashable, Sendable, CaseIterable {
        /// A line for people.
        case text
        /// A JSON object on a line.
        case json
    }

    /// Records below this level are left out.
    public var level = Level.info
    /// How a record is written.
    public var format = Format.text
    /// Of which runs it shows what they wrote, where their job says nothing else.
    public var output = Output.all

    /// All defaults.
    public init() {}
}
