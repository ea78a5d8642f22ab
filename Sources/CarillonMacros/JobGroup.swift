#if Macros
public import Carillon
import Foundation

/// Collects the decorated methods of a type, whose jobs a scheduler is given with an instance of it.
///
///     @JobGroup struct Mailer {
///         let smtp: String
///
///         @Scheduled(id: "digest", .cron(hour: 7)) func digest() async throws { … }
///     }
///
///     try await scheduler.add(Mailer(smtp: "mail.example.com"))
///
/// The type is a struct, a class or an actor, and is `Sendable`: its methods run wherever the scheduler has them run.
/// The methods stand in the type itself, since an extension is not seen.
@attached(member, names: named(groupedJobs))
@attached(extension, conformances: JobGroup)
public macro JobGroup() = #externalMacro(module: "CarillonMacrosPlugin", type: "JobGroupMacro")

/// A type with decorated methods; `@JobGroup` makes a type one.
public protocol JobGroup: Sendable {
    /// The jobs of an instance.
    var groupedJobs: GroupedJobs { get }
}

/// The jobs of an instance of a `JobGroup`.
public struct GroupedJobs: Sendable {
    /// The name of the type: its module and its own name, such as `App.Mailer`.
    public let name: String
    /// The jobs.
    public let jobs: [DecoratedJob]

    /// Creates a list. `@JobGroup` expands to this.
    ///
    /// - Parameters:
    ///   - type: The type's name, with the types that it is in.
    ///   - file: The file of the type, as `#fileID` has it.
    public init(_ type: String, file: String, _ jobs: [DecoratedJob]) {
        name = "\(file.prefix { $0 != "/" }).\(type)"
        self.jobs = jobs
    }
}

extension Scheduler {
    /// Adds the jobs of a group, before the scheduler is started or while it runs, and removes those that the group
    /// once had.
    ///
    /// Its methods are called on the instance from then on. Adding another instance of the type puts it in place of the
    /// first. In a store that outlives the process, the jobs are parked after a restart until the group is added again.
    ///
    /// - Returns: What was changed.
    /// - Throws: `CarillonError` with `jobExists` if two decorations have one id, or what is wrong with a decoration, with its
    ///   place; otherwise as `keepJobs(ofOrigins:equalTo:progress:)`.
    @discardableResult
    public func add(_ group: some JobGroup) async throws(CarillonError) -> JobsDifference {
        let group = group.groupedJobs
        try (DecoratedJob.all + group.jobs).checkIDs()
        let origin = "job group \(group.name) of \(ProcessInfo.processInfo.processName)"
        var wanted: [OriginJob] = []
        for job in group.jobs { try job.function.register(with: registry) }
        for job in group.jobs { wanted.append(try job.wanted(by: engine, origin: origin)) }
        return try await keepJobs(ofOrigins: [origin], equalTo: wanted)
    }
}
#endif
