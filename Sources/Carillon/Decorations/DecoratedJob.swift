public import CarillonTriggers

/// A job that a decorated function declares: `@Scheduled(id: "tick", .interval(minutes: 1)) func tick() { … }`.
public struct DecoratedJob: Sendable {
    /// Sets what a decoration says of the options and policies of its job.
    public typealias Settings = @Sendable (inout JobOptions, inout JobPolicies) throws -> Void

    /// The job's id.
    public let id: String
    /// Where the decoration stands, such as `App/Jobs.swift:12`.
    public let place: String
    /// The function.
    package let function: DecoratedTask
    /// The library that was loaded with it; empty for the program.
    var image = ""
    private let trigger: @Sendable () throws -> Trigger
    private let settings: Settings

    /// The name under which the function is registered: its module and its own name, such as `App.tick`.
    public var task: String { function.name }

    /// Creates the job of a function. `@Scheduled` expands to this; nobody else needs it.
    ///
    /// - Parameters:
    ///   - id: The job's id.
    ///   - function: The function.
    ///   - line: The line of the decoration.
    ///   - trigger: Returns when the job is due.
    ///   - settings: Sets what the decoration says of the job's options and policies.
    public init(
        id: String, _ function: DecoratedTask, line: Int, trigger: @escaping @Sendable () throws -> Trigger,
        settings: @escaping Settings
    ) {
        self.id = id
        self.function = function
        place = "\(function.file):\(line)"
        self.trigger = trigger
        self.settings = settings
    }

    /// All that the decorations of this program declare, and those of the libraries that are loaded now, in order of
    /// their ids and then of their places.
    public static var all: [DecoratedJob] { DecorationCollector.collect().jobs }

    /// Returns the job as its decoration wants it.
    ///
    /// - Parameters:
    ///   - engine: The engine that is to have the job, and has its task.
    ///   - origin: The origin of the job.
    /// - Throws: `CarillonError` with the place of the decoration, and what is wrong with it.
    package func wanted(by engine: Engine, origin: String) throws(CarillonError) -> OriginJob {
        do {
            var (options, policies) = (JobOptions(), engine.policies)
            try settings(&options, &policies)
            let definition = JobDefinition(
                task: try TaskName(task), trigger: try trigger(), policies: options.policies ?? policies,
                tags: options.tags, executor: options.executor, origin: origin, name: options.name)
            try engine.check(definition)
            return OriginJob(id: try JobID(id), definition: definition, store: options.store)
        } catch let error as CarillonError {
            throw CarillonError(error.code, "\(place): the decorated job '\(id)': \(error.reason)")
        } catch {
            throw CarillonError(.invalidConfiguration, "\(place): the decorated job '\(id)': \(error)")
        }
    }
}

extension Sequence where Element == DecoratedJob {
    /// Checks that no two have one id.
    ///
    /// - Throws: `CarillonError` with `jobExists`, and both places.
    package func checkIDs() throws(CarillonError) {
        var places: [String: String] = [:]
        for job in self {
            guard let other = places.updateValue(job.place, forKey: job.id) else { continue }
            throw CarillonError(
                .jobExists, "job '\(job.id)' is decorated twice, at \(other) and at \(job.place); give one another id")
        }
    }
}
