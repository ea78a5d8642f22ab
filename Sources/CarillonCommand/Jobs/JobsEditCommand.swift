#if Command
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
            Another trigger is read in the zone of the one before, unless --timezone names another. A job that cannot be read \
            since its zone is gone gets another by --timezone alone: its trigger stays as it is, in that zone.

            EXAMPLES
              carillon jobs edit backup --cron "0 4 * * *" --timeout 1h
              carillon jobs edit ping --retry 3 --retry-delay 10s --if-version 4
              carillon jobs edit report --timezone America/Los_Angeles
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

    func execute() async throws(CommandFailure) {
        let id = try CommandFailure.jobID(id)
        let opened = try await store.opened(for: .changing)
        let now = SystemClock().now
        let (isChanged, job) = try await change(id, in: opened, now)
        await KnownTasks.warn(of: [(id, job.definition)], in: opened)
        opened.warnOfExecutors(of: [(id, job.definition)])
        if definition.trigger.isGiven { CommandFailure.warn(TriggerRemarks.lines([(id, job.definition)])) }
        let shown = JobForm(job, in: opened, zone: definition.trigger.timezone)
        if form.json { return try CommandFailure.say(shown.json.description) }
        try CommandFailure.tell(
            "\(isChanged ? "Changed" : "Left as it was") '\(id.description.printable)'"
                + ": \(job.definition.trigger.summary); \(shown.coming(now: now))")
    }

    /// The definition is put together outside of the store's edit, whose errors are others, and written if the job has
    /// not been changed since; otherwise the whole is done once more.
    private func change(
        _ id: JobID, in opened: OpenedStore, _ now: Instant
    ) async throws(CommandFailure) -> (Bool, Job) {
        let store = opened.store
        // Before zones that are gone can be read: see `current`.
        if definition.trigger.isGiven { _ = try definition.trigger.read(defaultZone: opened.zone) }
        for _ in 0..<20 {
            let (old, hasZone) = try await current(id, in: store, now)
            if hasZone, definition.trigger.timezone != nil, !definition.trigger.isGiven {
                throw CommandFailure(
                    .usage,
                    "--timezone says in which zone a trigger is read: give --cron, --at or --trigger too")
            }
            if let ifVersion, old.definitionVersion != ifVersion {
                throw CommandFailure(.refused, "job '\(id)' has version \(old.definitionVersion), not \(ifVersion)")
            }
            var wanted = old.definition
            if noTags { wanted.tags = [] }
            if !hasZone, let zone = definition.trigger.timezone { try Self.move(&wanted, to: zone) }
            let before = hasZone ? old.definition.trigger.ownZone : nil
            let trigger = try definition.trigger.read(defaultZone: before ?? opened.zone)
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

    /// The job as it stands, and whether its zone is there. One whose zone is gone is read by the rules of the zone that it
    /// is to have: decision 0032.
    private func current(
        _ id: JobID, in store: any JobStore, _ now: Instant
    ) async throws(CommandFailure) -> (Job, hasZone: Bool) {
        let unreadable: CarillonError
        do throws(CarillonError) {
            return (try await store.snapshot(id, at: now).job, true)
        } catch {
            guard error.code == .jobUnreadable else { throw CommandFailure(error) }
            unreadable = error
        }
        ZoneDatabase.system.readMissingZones(by: definition.trigger.timezone ?? .utc)
        let job = try? await store.snapshot(id, at: now).job
        if let job, definition.trigger.timezone != nil || definition.trigger.isWithoutDefaultZone {
            return (job, false)
        }
        ZoneDatabase.system.readMissingZones(by: nil)
        let name = StoreFile.quoted(id.description.printable)
        let advice = await store.missingZoneAdvice(of: id.description).map { "\($0), and " }
        throw CommandFailure(
            .refused,
            "\(unreadable); \(advice ?? "")'carillon jobs add \(name) --if-exists replace' puts another definition in its "
                + "place",
            code: unreadable.code)
    }

    /// Gives the trigger of a job whose zone is gone another zone.
    private static func move(_ definition: inout JobDefinition, to zone: Zone) throws(CommandFailure) {
        do throws(TriggerError) {
            definition.trigger = try definition.trigger.replacingMissingZones(by: zone)
        } catch {
            throw CommandFailure(.badInput, "--timezone: \(error)")
        }
    }
}
#endif
