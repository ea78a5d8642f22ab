import ArgumentParser
import Carillon
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
            Runs that a node has taken go on, which a warning tells of: a job that is added by the same id does not wait for \
            them. To end them too, cancel them first, by 'carillon runs cancel': the runs of a removed job cannot be \
            cancelled. The history is kept for a while: 'carillon runs list --job' shows it. Also \
            removes jobs that cannot be read. Result: removed.
            """
    )

    @OptionGroup var jobs: JobSelection

    func execute() async throws(CommandFailure) {
        try await jobs.each { (id, store) throws(CarillonError) in
            let now = SystemClock().now
            // One that cannot be read is removed all the same.
            let open = (try? await store.found(id, at: now))?.open ?? []
            guard try await store.remove([id], at: now) == [true] else {
                throw CarillonError(.jobNotFound, "there is no job '\(id)'")
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
                let run = RunForm(try await run(text, arguments, in: opened), zone: opened.zone)
                shown.append(run.json(isWhole: false))
                if !jobs.form.json {
                    try CommandFailure.say("Run \(run.run.id.description.printable) is \(run.word)")
                }
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

    /// Runs one job.
    private func run(
        _ text: String, _ arguments: [UInt8]?, in opened: OpenedStore
    ) async throws(CommandFailure) -> Run {
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
        if let waits = try? await RunWaits.of(id, in: opened, now: SystemClock().now),
            let warning = waits.warning(of: run.id)
        {
            CommandFailure.warn([warning])
        }
        return run
    }
}
