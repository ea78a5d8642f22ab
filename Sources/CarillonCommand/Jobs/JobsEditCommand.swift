import ArgumentParser
import Carillon
import CarillonTriggers

/// `carillon jobs edit`.
struct JobsEditCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit",
        abstract: "Changes what is given of a job, and leaves the rest.",
        discussion: """
            A job that a configuration file keeps gets the file's definition again when the server starts or reloads. \
            Another trigger is read in the zone of the one before, unless --timezone names another.

            EXAMPLES
              carillon jobs edit backup --cron "0 4 * * *" --timeout 1h
              carillon jobs edit ping --retry 3 --retry-delay 10s --if-version 4
            """
    )

    @OptionGroup var store: StoreOptions
    @OptionGroup var form: FormOptions

    @Argument(help: "The job.")
    var id: String

    @OptionGroup var definition: DefinitionOptions

    @Flag(help: "Take all tags away, but for those of --tag.")
    var noTags = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Change nothing unless it has this version, as 'show' tells it.", valueName: "number"))
    var ifVersion: Int64?

    func validate() throws {
        if definition.trigger.timezone != nil, !definition.trigger.isGiven {
            throw ValidationError("--timezone says in which zone a trigger is read: give --cron, --at or --trigger too")
        }
    }

    func execute() async throws(CommandFailure) {
        let id = try CommandFailure.jobID(id)
        let opened = try await store.opened(for: .changing)
        let now = SystemClock().now
        let (isChanged, job) = try await change(id, in: opened, now)
        await KnownTasks.warn(of: [(id, job.definition)], in: opened)
        opened.warnOfExecutors(of: [(id, job.definition)])
        if definition.trigger.isGiven { CommandFailure.warn(TriggerRemarks.lines([(id, job.definition)], now: now)) }
        let shown = JobForm(job, in: opened, zone: definition.trigger.timezone)
        if form.json { return try CommandFailure.say(shown.json.description) }
        try CommandFailure.say(
            "\(isChanged ? "Changed" : "Left as it was") '\(id.description.printable)'"
                + ": \(job.definition.trigger.summary); \(shown.coming(now: now))")
    }

    /// The definition is put together outside of the store's edit, whose errors are others, and written if the job has
    /// not been changed since; otherwise the whole is done once more.
    private func change(
        _ id: JobID, in opened: OpenedStore, _ now: Instant
    ) async throws(CommandFailure) -> (Bool, Job) {
        let store = opened.store
        for _ in 0..<20 {
            let old: Job
            do throws(CarillonError) {
                old = try await store.snapshot(id, at: now).job
            } catch {
                guard error.code == .jobUnreadable else { throw CommandFailure(error) }
                throw CommandFailure(
                    .refused,
                    "\(error); 'carillon jobs add \(StoreFile.quoted(id.description.printable)) --if-exists replace' "
                        + "puts another definition in its place", code: error.code)
            }
            if let ifVersion, old.definitionVersion != ifVersion {
                throw CommandFailure(.refused, "job '\(id)' has version \(old.definitionVersion), not \(ifVersion)")
            }
            var wanted = old.definition
            if noTags { wanted.tags = [] }
            let trigger = try definition.trigger.read(defaultZone: old.definition.trigger.ownZone ?? opened.zone)
            try definition.apply(to: &wanted, trigger: trigger)
            let definition = wanted
            let done: (Bool, Job)? = try await CommandFailure.catching { () throws(CarillonError) in
                do throws(CarillonError) {
                    try await store.modify(id, definition, ifVersion: old.definitionVersion, at: now)
                } catch {
                    guard error.code == .jobChanged else { throw error }
                    return nil
                }
                let job = try await store.snapshot(id, at: now).job
                return (job.definitionVersion != old.definitionVersion, job)
            }
            if let done { return done }
        }
        throw CommandFailure(.refused, "job '\(id)' is being changed by others all the time; try again")
    }
}
