#if Command
import ArgumentParser
import Carillon
import CarillonTriggers

/// What becomes of a job whose id is taken.
enum IfTaken: String, CaseIterable {
    /// Nothing is added.
    case fail
    /// The one that is there stays as it is.
    case keep
    /// It gets the new definition; its state and, where the trigger stays the same, its phase stay.
    case replace
}

/// `carillon jobs add`.
struct JobsAddCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Adds a job.",
        discussion: """
            Without a trigger it runs once, now.

            EXAMPLES
              carillon jobs add backup --cron "30 2 * * *" -z Europe/Berlin -- pg_dump shop -f /backup/shop.sql
              carillon jobs add ping --every 30s --timeout 10s -- 'curl -fsS https://example.org | grep -q ok'
              carillon jobs add report --at 2026-12-24T18:00 --task http --arguments '{"url": "https://example.org"}'
            """
    )

    @OptionGroup var store: StoreOptions
    @OptionGroup var form: FormOptions

    @Argument(help: "What the job is to be known by.")
    var id: String

    @OptionGroup var definition: DefinitionOptions

    @Option(
        help: "What becomes of a job that has the id already: \(Choice.list(of: IfTaken.self)).",
        completion: Choice.completion(IfTaken.self),
        transform: Choice.read
    )
    var ifExists = IfTaken.fail

    @Flag(help: "Fire nothing until it is resumed.")
    var paused = false

    func validate() throws {
        if definition.command.isEmpty, definition.task == nil {
            throw ValidationError("say what to run: a command behind --, or --task")
        }
    }

    func execute() async throws(CommandFailure) {
        let id = try CommandFailure.jobID(id)
        let opened = try await store.opened(for: .changing, withJobDefaults: true)
        let now = SystemClock().now
        let trigger = try definition.trigger.read(defaultZone: opened.zone) ?? .date(now.date)
        let wanted: JobDefinition
        do throws(CarillonError) {
            var new = JobDefinition(task: try TaskName(definition.task ?? "shell"), trigger: trigger)
            new.policies = opened.jobDefaults
            wanted = new
        } catch {
            throw CommandFailure(error)
        }
        var complete = wanted
        try definition.apply(to: &complete, trigger: trigger)
        let bringing = JobBringing(store: opened.store, ifTaken: ifExists)
        let (result, job) = try await bringing.bring(
            NewJob(id: id, definition: complete, added: now, isPaused: paused))
        await KnownTasks.warn(of: [(id, job.definition)], in: opened)
        opened.warnOfExecutors(of: [(id, job.definition)])
        CommandFailure.warn(TriggerRemarks.lines([(id, job.definition)]))
        let shown = JobForm(job, in: opened, zone: definition.trigger.timezone)
        if form.json { return try CommandFailure.say(shown.json.description) }
        let state = shown.state == .ended ? ", ended" : ""
        try CommandFailure.tell(
            "\(result.word) '\(id.description.printable)'\(state): \(job.definition.trigger.summary); "
                + shown.coming(now: now))
        guard let silent = SilentTrigger(trigger, grace: job.definition.policies.misfireGrace, now: now),
            shown.state == .ended || silent.isMissed && job.definition.trigger == trigger
        else { return }
        CommandFailure.warn(["the job \(silent)"])
    }
}
#endif
