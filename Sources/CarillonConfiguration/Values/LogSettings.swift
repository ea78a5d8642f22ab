#if Configuration
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

    /// The runs whose output the log shows. A run keeps its output in any case.
    public enum Output: String, Hashable, Sendable, CaseIterable {
        /// All that have a line in the log.
        case all
        /// Those that failed, took too long or were lost.
        case failures
        /// No runs.
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
    /// The runs whose output it shows, unless their job says otherwise.
    public var output = Output.all

    /// All defaults.
    public init() {}
}
#endif
