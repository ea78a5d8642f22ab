#if Configuration
public import Carillon
public import CarillonTriggers

/// A job as a configuration describes it.
public struct ConfiguredJob: Hashable, Sendable {
    /// What the job is known by.
    public let id: JobID
    /// What people call it; `nil` if that is its id.
    public let name: String?
    /// The task that it runs; whether it is registered is known only where it is added.
    public let task: TaskName
    /// The task's arguments, a JSON object.
    public let arguments: [UInt8]
    /// When it is due, with a zone; nothing for once, when it is first added.
    public let trigger: Trigger?
    /// How it behaves when things do not go by plan: its own policies over the configuration's defaults.
    public let policies: JobPolicies
    /// Words to find it by.
    public let tags: [String]
    /// The alias of its executor, one that the configuration has.
    public let executor: String
    /// The alias of its job store, one that the configuration has.
    public let store: String
    /// Whether it fires nothing until it is resumed.
    public let isPaused: Bool
    /// Of which of its runs the server's log shows what they wrote; nothing where the log's own setting counts.
    public let logOutput: LogSettings.Output?
    /// Who keeps the job: the absolute path of its file, `$NAME` of a variable, or a flag.
    public let origin: String
    /// Where its entry begins, and some of its keys.
    package let places: Places

    /// Where its entry begins.
    public var place: ConfigurationPlace { places.entry }

    /// Where an entry and those of its keys stand about which there may be something to say.
    package struct Places: Hashable, Sendable {
        package let entry: ConfigurationPlace
        private let taskPlace: TextPlace?
        private let argumentsPlace: TextPlace?
        private let failurePlace: TextPlace?

        init(entry: ConfigurationPlace, task: TextPlace?, arguments: TextPlace?, failure: TextPlace?) {
            self.entry = entry
            taskPlace = task
            argumentsPlace = arguments
            failurePlace = failure
        }

        /// What names the task; the arguments where a command or a URL does.
        package var task: ConfigurationPlace { place(taskPlace) ?? arguments }
        /// The task's arguments, or the first of them.
        package var arguments: ConfigurationPlace { place(argumentsPlace ?? taskPlace) ?? entry }
        /// The task for failed runs; nothing where the job has none of its own.
        package var failure: ConfigurationPlace? { place(failurePlace) }

        private func place(_ place: TextPlace?) -> ConfigurationPlace? {
            // Values that a program writes have no lines.
            if entry.line == 0 { return place.map { _ in entry } }
            return place.map { ConfigurationPlace(source: entry.source, line: Int($0.line), column: Int($0.column)) }
        }
    }

    /// The definition that a store keeps.
    ///
    /// - Parameter now: When a job without a trigger is due.
    public func definition(now: Instant) -> JobDefinition {
        JobDefinition(
            task: task,
            arguments: arguments,
            trigger: trigger ?? .date(now.date),
            policies: policies,
            tags: tags,
            executor: executor,
            origin: origin,
            name: name
        )
    }
}
#endif
