#if Command
import Carillon
import CarillonConfiguration
import Foundation
import Logging

/// The scheduler of a server. Whoever wants to know whether a configuration can be served has one made.
enum ServedScheduler {
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
        var options = SchedulerOptions()
        if let stores { options.stores = stores }
        options.executors = try ServedExecutors.of(configuration, environment: environment)
        options.zone = configuration.zone
        options.policies = configuration.jobDefaults
        options.lease = configuration.lease
        if !allowsUnsafeOwner {
            options.refusalOfVariableFile = { file in OwnershipCheck.refusal(file) { $0.problem(of: file) } }
        }
        if let logger { options.logger = logger }
        let scheduler = AsyncScheduler(options)
        do throws(CarillonError) {
            try ServedTasks.register(with: scheduler, environment: environment)
        } catch {
            throw CommandFailure(error)
        }
        try ServedJobs.check(configuration, scheduler)
        return scheduler
    }

    /// Looks whether the jobs of a configuration can be served, on whatever machine.
    ///
    /// - Throws: `CommandFailure` where they cannot.
    static func checkJobs(_ configuration: Configuration) throws(CommandFailure) { _ = try of(configuration) }

    /// Looks whether a configuration is for this machine.
    ///
    /// - Throws: `CommandFailure` where it is for others.
    static func checkHost(_ configuration: Configuration) throws(CommandFailure) {
        let host = ProcessInfo.processInfo.hostName
        guard configuration.allowedHosts.contains("*") || configuration.allowedHosts.contains(host) else {
            throw CommandFailure(.badConfiguration, "allowed_hosts: this machine, '\(host)', is not among them")
        }
    }
}
#endif
