#if Command
import Carillon
import CarillonConfiguration
import Logging

/// The scheduler of a server. Whoever wants to know whether a configuration can be served has one made.
enum ServedScheduler {
    /// How many runs are at work at once where nothing is configured: each may be a command.
    private static let usualWorkers = 100

    /// A scheduler with the tasks and executors of a configuration that can run its jobs, not started.
    ///
    /// - Parameters:
    ///   - stores: By alias; nothing for one in memory.
    ///   - logger: Nothing for none.
    ///   - environment: What commands inherit; that of the process where nothing is given.
    ///   - allowsUnsafeOwner: Whether a server of root reads files of variables that others could change.
    /// - Throws: `CommandFailure` where the configuration asks for what this command does not have, with a line for each
    ///   job that cannot be run.
    static func of(
        _ configuration: Configuration, stores: [String: any JobStore]? = nil, logger: Logger? = nil,
        environment: CommandEnvironment? = nil, allowsUnsafeOwner: Bool = false
    ) throws(CommandFailure) -> AsyncScheduler {
        var options: SchedulerOptions
        do throws(CarillonError) {
            options = try SchedulerOptions(configuration, stores: stores ?? [:], parts: parts(environment))
        } catch {
            throw CommandFailure(.badConfiguration, error.description)
        }
        options.executors["default"] = options.executors["default"] ?? AsyncExecutor(maxWorkers: usualWorkers)
        if !allowsUnsafeOwner {
            options.refusalOfVariableFile = { file in OwnershipCheck.refusal(file) { $0.problem(of: file) } }
        }
        if let logger { options.logger = logger }
        let scheduler = AsyncScheduler(options)
        do throws(CarillonError) {
            try ServedTasks.register(with: scheduler, environment: environment)
            try scheduler.checkJobs(of: configuration)
        } catch {
            throw CommandFailure(error)
        }
        return scheduler
    }

    /// What is built in, with workers whose commands inherit what those of the server do.
    private static func parts(_ environment: CommandEnvironment?) -> SchedulerParts {
        var parts = BuiltIn.parts
        #if os(Linux)
        parts.setMaker(of: .processPool) {
            ProcessPoolExecutor(
                maxWorkers: $0.workers, maxTasksPerWorker: $0.maxTasksPerWorker, program: nil,
                hiding: { environment?.hiddenNames ?? [] })
        }
        #endif
        return parts
    }

    /// Looks whether the jobs of a configuration can be served, on whatever machine.
    ///
    /// - Throws: `CommandFailure` where they cannot.
    static func checkJobs(_ configuration: Configuration) throws(CommandFailure) { _ = try of(configuration) }
}
#endif
