#if Configuration
public import Carillon
import Foundation

extension SchedulerOptions {
    /// Creates the options of a scheduler as a configuration describes it, and opens its job stores.
    ///
    /// Without executors or stores in the configuration, the scheduler has those that it has by itself: as the executor
    /// `default` its own kind, as the store `default` a memory store. Jobs are not added: see
    /// `Scheduler.keepJobs(of:replacing:)`.
    ///
    /// - Parameters:
    ///   - configuration: The configuration. Its executors, stores, defaults of jobs, zone and lease are taken.
    ///   - parts: The kinds of store and executor that can be made.
    /// - Throws: `CarillonError`: `hostNotAllowed` if the configuration is for other machines; `unsupported` if the
    ///   program does not have such a store or executor; or a store's error. Then no store is left open.
    public init(_ configuration: Configuration, parts: SchedulerParts) async throws(CarillonError) {
        try configuration.checkHost()
        try self.init(configuration, stores: [:], parts: parts)
        stores = try await parts.openStores(configuration.jobStores)
    }

    /// Creates options with stores that have been opened, on whatever machine.
    package init(
        _ configuration: Configuration, stores: [String: any JobStore], parts: SchedulerParts
    ) throws(CarillonError) {
        self.init(
            stores: stores,
            executors: try parts.makeExecutors(configuration.executors),
            zone: configuration.zone,
            policies: configuration.jobDefaults,
            lease: configuration.lease
        )
    }
}

extension Configuration {
    /// Looks whether a scheduler may start on this machine: whether its name is among `allowedHosts`.
    ///
    /// - Throws: `CarillonError` with `hostNotAllowed` if it is not.
    public func checkHost() throws(CarillonError) {
        let host = ProcessInfo.processInfo.hostName
        guard allowedHosts.contains("*") || allowedHosts.contains(host) else {
            throw CarillonError(.hostNotAllowed, "allowed_hosts: this machine, '\(host)', is not among them")
        }
    }
}
#endif
