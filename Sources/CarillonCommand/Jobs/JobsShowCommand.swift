#if Command
import ArgumentParser
import Carillon
import CarillonTriggers

/// `carillon jobs show`.
struct JobsShowCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows one job with its open runs.",
        discussion: "A job is parked where no node that lives has its task: then it does not fire, and is not lost."
    )

    @OptionGroup var store: StoreOptions
    @OptionGroup var display: DisplayOptions

    @Argument(help: "The job.")
    var id: String

    func execute() async throws(CommandFailure) {
        let opened = try await store.opened(for: .looking)
        let id = try CommandFailure.jobID(id)
        let now = SystemClock().now
        let snapshot = try await snapshot(of: id, in: opened.store, now)
        let (known, names) = try await CommandFailure.catching {
            () throws(CarillonError) -> (KnownTasks, RunNames) in
            let runs = display.json ? [] : snapshot.open.map(\.id)
            let zones = snapshot.job.definition.trigger.ownZone.map { [id: $0] } ?? [:]
            return (
                try await KnownTasks(in: opened.store, lease: opened.lease),
                try await opened.names(of: runs, zone: display.timezone, zones)
            )
        }
        let waits = RunWaits(snapshot, known, now: now)
        let form = JobForm(snapshot.job, in: opened, zone: display.timezone)
        let isParked = waits.job != nil
        let runs = snapshot.open.map { RunForm($0, zone: form.zone) }
        if display.json {
            guard case .object(let members) = form.json else { return }
            let more = [
                JSONValue.Member("parked", .bool(isParked)),
                JSONValue.Member("open_runs", .array(runs.map { $0.json(isWhole: false) })),
                JSONValue.Member("waiting_for_tasks", waits.json),
            ]
            return try CommandFailure.say(JSONValue.object(members + more).description)
        }
        var lines = form.lines(now: now, terminal: .output)
        var remarks: [String] = []
        if let task = waits.job {
            let words = "The job is parked: no live node has the task '\(task.description.printable)'."
            remarks.append("\(words) It waits for \(waits.words(for: task))")
        }
        if let task = snapshot.job.definition.policies.onFailure?.task, known.isMissing(task) {
            remarks.append("Its task for failed runs waits for \(known.words(for: task))")
        }
        remarks += waits.lines(names)
        lines += remarks.flatMap { $0.wrapped(to: Terminal.output.width, indent: 4) }
            .map { Terminal.output.painted($0, .yellow) }
        if !runs.isEmpty {
            lines += ["", "Open runs"] + RunTable(runs, names, now: now).lines
        }
        try CommandFailure.say(lines.joined(separator: "\n"))
    }

    private func snapshot(
        of id: JobID, in store: any JobStore, _ now: Instant
    ) async throws(CommandFailure) -> JobSnapshot {
        do throws(CarillonError) {
            return try await store.snapshot(id, at: now)
        } catch {
            guard error.code == .jobUnreadable, let advice = await store.missingZoneAdvice(of: id.description) else {
                throw CommandFailure(error)
            }
            throw CommandFailure(.refused, "\(error); \(advice)", code: error.code)
        }
    }
}
#endif
