/// What a configuration says of the log.
public struct LogSettings: Hashable, Sendable {
    /// How much weight a record has: the words of swift-log, so that `Logger.Level(rawValue:)` takes them.
    public enum Level: String, Hashable, Sendable, CaseIterable {
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

    /// All defaults.
    public init() {}
}
