public import Carillon
public import CarillonTriggers

/// A job as a configuration describes it.
public struct ConfiguredJob: Hashable, Sendable {
    /// What the job is known by.
    public let id: JobID
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
    /// Who keeps the job: the absolute path of its file, `$NAME` of a variable, or a flag.
    public let origin: String
    /// Where its entry begins.
    public let place: ConfigurationPlace

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
            origin: origin
        )
    }
}
