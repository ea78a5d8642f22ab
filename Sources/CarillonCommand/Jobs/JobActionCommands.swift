#if Command
import ArgumentParser
import Carillon
import CarillonConfiguration
import CarillonTriggers
import Synchronization

/// The jobs that an action is for.
struct JobSelection: ParsableArguments {
    @OptionGroup var store: StoreOptions
    @OptionGroup var form: FormOptions

    @Argument(help: "The jobs.")
    var ids: [String]

    /// Does something with each job, and tells of each; what is wrong with one does not keep it from the others.
    ///
    /// - Parameter action: Answers what became of the job, in a word.
    func each(
        _ action: @Sendable (JobID, any JobStore) async throws(CarillonError) -> String
    ) async throws(CommandFailure) {
        try await Self.each(ids, in: try await store.opened(for: .changing).store, form, action)
    }

    /// The same with jobs of a store that is open.
    static func each(
        _ ids: [String], in store: any JobStore, _ form: FormOptions,
        _ action: @Sendable (JobID, any JobStore) async throws(CarillonError) -> String
    ) async throws(CommandFailure) {
        var failures: [CommandFailure] = []
        var done: [JSONValue] = []
        for text in ids {
            do throws(CommandFailure) {
                let id = try CommandFailure.jobID(text)
                let word = try await CommandFailure.catching { () throws(CarillonError) in
                    try await action(id, store)
                }
                var result = JSONForm()
                result.add("id", id.description)
                result.add("result", word)
                done.append(result.value)
                if !form.json { try CommandFailure.say("'\(id.description.printable)': \(word)") }
            } catch {
                failures.append(error)
            }
        }
        if form.json { try CommandFailure.say(JSONValue.array(done).description) }
        if !failures.isEmpty { throw CommandFailure(failures) }
    }
}

/// `carillon jobs pause`.
struct JobsPauseCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Lets jobs fire nothing until they are resumed.",
        discussion: "Runs that are queued wait, and those that run go on. Results: paused, already paused."
    )

    @OptionGroup var jobs: JobGroup

    func execute() async throws(CommandFailure) {
        try await jobs.each(in: .active) { (id, store) throws(CarillonError) in
            let now = SystemClock().now
            if try await store.pause(id, at: now) { return "paused" }
            if try await store.snapshot(id, at: now).job.state == .ended {
                throw CarillonError(.wrongState, "job '\(id)' has ended; there is nothing to pause")
            }
            return "already paused"
        }
    }
}

/// `carillon jobs resume`.
struct JobsResumeCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Lets paused jobs fire again, from the next time to come.",
        discussion: "What the pause skipped is recorded. Results: resumed, not paused."
    )

    @OptionGroup var jobs: JobGroup

    func execute() async throws(CommandFailure) {
        try await jobs.each(in: .paused) { (id, store) throws(CarillonError) in
            let now = SystemClock().now
            if try await store.resume(id, at: now) {
                if try await store.snapshot(id, at: now).job.state == .ended {
                    CommandFailure.warn(["job '\(id)' has ended: the pause has skipped the last of its times"])
                }
                return "resumed"
            }
            if try await store.snapshot(id, at: now).job.state == .ended {
                throw CarillonError(.wrongState, "job '\(id)' has ended; give it another trigger to let it fire again")
            }
            return "not paused"
        }
    }
}

/// `carillon jobs remove`.
struct JobsRemoveCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Removes jobs with the runs that nobody has taken.",
        discussion: """
            Runs that a node has taken go on, with a warning: a job that is added by the same id does not wait for them. To end them too, cancel them first, by 'carillon runs cancel': the runs of a removed job cannot be \
            cancelled. The history is kept for a while: 'carillon runs list --job' shows it. Also \
            removes jobs that cannot be read. Result: removed; with --dry-run: would be removed.

            --origin removes all jobs of a configuration file, such as one that was renamed or deleted: 'carillon doctor' \
            names those. The file need not be there.
            """
    )

    @OptionGroup var store: StoreOptions
    @OptionGroup var form: FormOptions

    @Argument(help: "The jobs.")
    var ids: [String] = []

    @Option(
        help: ArgumentHelp("All jobs that this configuration file keeps.", valueName: "file"), completion: .file())
    var origin: String?

    @Flag(help: "Only tell what would be done.")
    var dryRun = false

    func validate() throws {
        if origin == "" { throw ValidationError("--origin: is empty") }
        if ids.isEmpty, origin == nil { throw ValidationError("say which jobs: ids, or --origin") }
        if !ids.isEmpty, origin != nil { throw ValidationError("give ids or --origin, not both") }
    }

    func execute() async throws(CommandFailure) {
        let opened = try await store.opened(for: dryRun ? .looking : .changing)
        let ids = if let origin { try await Self.jobs(of: origin, in: opened.store) } else { ids }
        if ids.isEmpty, let origin, !form.json {
            CommandFailure.warn(["no job is kept by \(ConfigurationSource.origin(ofPath: origin).printable)"])
        }
        try await JobSelection.each(ids, in: opened.store, form) { [dryRun] (id, store) throws(CarillonError) in
            if dryRun {
                guard try await Self.isThere(id, in: store) else {
                    throw try await store.absence(of: id)
                }
                return "would be removed"
            }
            let now = SystemClock().now
            // One that cannot be read is removed all the same.
            let open = (try? await store.found(id, at: now))?.open ?? []
            guard try await store.remove([id], at: now) == [true] else {
                throw try await store.absence(of: id)
            }
            let atWork = open.filter { if case .running = $0.state { true } else { false } }.count
            if atWork > 0 {
                CommandFailure.warn([
                    "\(atWork) run\(atWork == 1 ? "" : "s") of job '\(id.description.printable)' "
                        + "\(atWork == 1 ? "is" : "are") at work and \(atWork == 1 ? "goes" : "go") on; a job that is added by "
                        + "this id does not wait for \(atWork == 1 ? "it" : "them")"
                ])
            }
            return "removed"
        }
    }

    /// One that cannot be read is there as well.
    private static func isThere(_ id: JobID, in store: any JobStore) async throws(CarillonError) -> Bool {
        do throws(CarillonError) {
            _ = try await store.snapshot(id, at: SystemClock().now)
        } catch {
            if error.code == .jobNotFound { return false }
            if error.code != .jobUnreadable { throw error }
        }
        return true
    }

    /// The ids of the jobs that a file keeps.
    private static func jobs(of file: String, in store: any JobStore) async throws(CommandFailure) -> [String] {
        try await CommandFailure.catching { () throws(CarillonError) in
            var filter = JobFilter()
            filter.origin = ConfigurationSource.origin(ofPath: file)
            var ids: [String] = []
            var pages = JobPages(filter)
            while let listed = try await pages.next(of: store) { ids += listed.map(\.id.description) }
            return ids
        }
    }
}

/// `carillon jobs run`.
struct JobsRunCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs jobs once more, as soon as a node takes them.",
        discussion: """
            Its schedule stays as it is. Where as many runs are open as may be, the new one waits. Where the job is paused, or \
            no node has its task, it waits for that, and a warning says so. Answers the run, for 'carillon runs show'; of \
            several jobs, all runs.
            """
    )

    @OptionGroup var jobs: JobGroup

    @Option(help: ArgumentHelp("Other arguments than the job's, a JSON object.", valueName: "json"))
    var arguments: String?

    func execute() async throws(CommandFailure) {
        let arguments = try arguments.map { (text) throws(CommandFailure) in
            try TaskArguments.object(text, option: "--arguments")
        }
        let opened = try await jobs.store.opened(for: .changing)
        let ids = try await jobs.chosen(in: opened.store, nil)
        var failures: [CommandFailure] = []
        var shown: [JSONValue] = []
        for text in ids {
            do throws(CommandFailure) {
                let (made, name) = try await run(text, arguments, in: opened)
                let run = RunForm(made, zone: opened.zone)
                shown.append(run.json(isWhole: false))
                if !jobs.form.json { try CommandFailure.say("Run \(name.printable) is \(run.word)") }
            } catch {
                failures.append(error)
            }
        }
        if jobs.form.json {
            let isOne = jobs.ids.count == 1
            if let only = isOne ? shown.first : .array(shown) { try CommandFailure.say(only.description) }
        }
        if !failures.isEmpty { throw CommandFailure(failures) }
    }

    /// Runs one job, and answers the run and what it is called.
    private func run(
        _ text: String, _ arguments: [UInt8]?, in opened: OpenedStore
    ) async throws(CommandFailure) -> (Run, name: String) {
        let id = try CommandFailure.jobID(text)
        let now = SystemClock().now
        if let arguments {
            var definition = try await CommandFailure.catching { () throws(CarillonError) in
                try await opened.store.snapshot(id, at: now).job.definition
            }
            definition.arguments = arguments
            try TaskArguments.check(definition)
        }
        let asked = Mutex<Run?>(nil)
        _ = try await CommandFailure.catching { () throws(CarillonError) in
            try await opened.store.edit(id, at: now) { (snapshot) throws(CarillonError) in
                let change = snapshot.ranNow(at: now, arguments: arguments)
                asked.withLock { $0 = change.runs.first }
                return change
            }
        }
        guard let run = asked.withLock({ $0 }) else {
            throw CommandFailure(
                .refused, "job '\(id.description.printable)' was not run: it is being changed by others")
        }
        // The run is there, and what cannot be looked up is not told of.
        let name = (try? await opened.lastingName(of: run.id)) ?? run.id.description
        if let waits = try? await RunWaits.of(id, in: opened, now: SystemClock().now),
            let warning = waits.warning(of: run.id, called: name)
        {
            CommandFailure.warn([warning])
        }
        return (run, name)
    }
}
#endif
