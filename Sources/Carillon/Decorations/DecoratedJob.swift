import CarillonTriggers

/// A job that a decorated function declares: `@Scheduled(id: "tick", .interval(minutes: 1)) func tick() { … }`.
public struct DecoratedJob: Sendable {
    /// The job's id.
    public let id: String
    /// The name under which the function is registered: its module and its own name, such as `App.tick`.
    public let task: String
    /// Where the decoration stands, such as `App/Jobs.swift:12`.
    public let place: String
    let trigger: @Sendable () throws -> Trigger
    let options: @Sendable (inout JobOptions, inout JobPolicies) throws -> Void
    let register: @Sendable (TaskRegistry, String) throws -> Void

    /// All that the decorations of this program declare, in order of their ids and then of their places.
    ///
    /// Those of a library that was loaded at run time are not among them.
    public static var all: [DecoratedJob] { DecorationCollector.collect().jobs }

    /// Returns the job as its decoration wants it.
    ///
    /// - Throws: `CarillonError` with the place of the decoration, and what is wrong with it.
    func wanted(_ policies: JobPolicies, origin: String) throws(CarillonError) -> OriginJob {
        do {
            var (options, policies) = (JobOptions(), policies)
            try self.options(&options, &policies)
            let definition = JobDefinition(
                task: try TaskName(task), trigger: try trigger(), policies: options.policies ?? policies,
                tags: options.tags, executor: options.executor, origin: origin, name: options.name)
            return OriginJob(id: try JobID(id), definition: definition, store: options.store)
        } catch let error as CarillonError {
            throw CarillonError(error.code, "\(place): the decorated job '\(id)': \(error.reason)")
        } catch {
            throw CarillonError(.invalidConfiguration, "\(place): the decorated job '\(id)': \(error)")
        }
    }
}
