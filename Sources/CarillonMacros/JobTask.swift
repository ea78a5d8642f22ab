#if Macros
public import Carillon
public import CarillonTriggers

/// Makes a function with parameters a task, and gives it a handle that makes jobs of it.
///
///     @JobTask func report(recipient: String, depth: Int = 3) async throws { … }
///
///     try await scheduler.add($report.job(id: "r", recipient: "ops", trigger: .cron(hour: 9)))
///
/// The function stands at file scope or is a static member; it may be `async`, may throw, may return a result that is
/// `Encodable`, and may take the `TaskContext` of its run anywhere among its parameters. Every scheduler has the task
/// from its beginning, as has every worker of a process pool.
///
/// The arguments of a job are stored by the parameters' labels, as `$report.Arguments`. What a stored job lacks has its
/// default, so a parameter with a default can be added or renamed. A job that fits no more is parked, and says why.
///
/// - Parameters:
///   - name: The name that jobs refer to the task by; the module's and the function's, such as `App.report`, if it is
/// left out.
///     Given a name, the function can be renamed or moved.
///   - renamed: The former names of parameters, as in `["addressee": "recipient"]`, by which older jobs are read, too.
@attached(peer, names: prefixed(`$`))
public macro JobTask(_ name: String? = nil, renamed: [String: String] = [:]) =
    #externalMacro(module: "CarillonMacrosPlugin", type: "JobTaskMacro")

/// A job of a function with parameters, which is yet to be added: `$report.job(recipient: "ops")`.
public struct TaskJob<Arguments: Codable & Sendable>: Sendable {
    /// The job's id; one is made up if it is `nil`.
    public let id: JobID?
    /// The name of the task.
    public let task: String
    /// The arguments.
    public let arguments: Arguments
    /// When the job is due; once, at once, if it is `nil`.
    public let trigger: Trigger?
    /// All else.
    public let options: JobOptions

    /// Creates a job. `@JobTask` expands to this.
    public init(id: JobID?, task: String, arguments: Arguments, trigger: Trigger?, options: JobOptions) {
        self.id = id
        self.task = task
        self.arguments = arguments
        self.trigger = trigger
        self.options = options
    }
}

extension Scheduler {
    /// Adds a job of a function with parameters; see `addJob(id:task:arguments:trigger:_:)`.
    ///
    ///     try await scheduler.add($report.job(id: "r", recipient: "ops", trigger: .cron(hour: 9)))
    ///
    /// - Throws: As `addJob`.
    @discardableResult
    public func add<Arguments>(_ job: TaskJob<Arguments>) async throws -> Job {
        try await addJob(id: job.id, task: job.task, arguments: job.arguments, trigger: job.trigger, job.options)
    }

    /// Declares a job of a function with parameters before the scheduler is started; see
    /// `declareJob(id:task:arguments:trigger:_:)`.
    ///
    /// - Returns: The job's id.
    /// - Throws: As `declareJob`.
    @discardableResult
    public func declare<Arguments>(_ job: TaskJob<Arguments>) throws -> JobID {
        try declareJob(id: job.id, task: job.task, arguments: job.arguments, trigger: job.trigger, job.options)
    }
}
#endif
