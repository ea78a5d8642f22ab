#if Command
import ArgumentParser
import Carillon
import CarillonTriggers

/// The runs that an action is for.
struct RunSelection: ParsableArguments {
    @OptionGroup var store: StoreOptions
    @OptionGroup var form: FormOptions

    @Argument(help: "The runs, as 'carillon runs list' shows them.")
    var runs: [String]

    /// Does something with each run, and tells of each; what is wrong with one does not keep it from the others.
    func each(
        _ action: @Sendable (Run, _ name: String, any JobStore) async throws(CarillonError) -> String
    ) async throws(CommandFailure) {
        let opened = try await store.opened(for: .changing)
        var failures: [CommandFailure] = []
        var done: [JSONValue] = []
        for text in runs {
            do throws(CommandFailure) {
                let run = try await opened.run(text)
                let (name, word) = try await CommandFailure.catching { () throws(CarillonError) in
                    let name = try await opened.lastingName(of: run.id)
                    return (name, try await action(run, name, opened.store))
                }
                var result = JSONForm()
                result.add("id", run.id.description)
                result.add("result", word)
                done.append(result.value)
                if !form.json { try CommandFailure.say("\(name.printable): \(word)") }
            } catch {
                failures.append(error)
            }
        }
        if form.json { try CommandFailure.say(JSONValue.array(done).description) }
        if !failures.isEmpty { throw CommandFailure(failures) }
    }
}

/// `carillon runs cancel`.
struct RunsCancelCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Cancels runs that have not ended.",
        discussion: """
            One that nobody has taken ends at once; of one that runs, the node is asked to cancel it, which takes a \
            moment. Results: cancelled, cancel requested.
            """
    )

    @OptionGroup var runs: RunSelection

    func execute() async throws(CommandFailure) {
        try await runs.each { (run, name, store) throws(CarillonError) in
            guard try await store.cancel(run.id, at: SystemClock().now) else {
                let state = try await store.run(run.id).map { RunForm($0, zone: .utc).word } ?? "gone"
                throw CarillonError(.wrongState, "run '\(name)' cannot be cancelled: it is \(state) already")
            }
            let isOpen = try await store.run(run.id)?.isOpen ?? false
            return isOpen ? "cancel requested" : Outcome.cancelled.rawValue
        }
    }
}

/// `carillon runs retry`.
struct RunsRetryCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Tries the occurrences of ended runs once more.",
        discussion: """
            The new attempt has the same occurrence, and is idempotent by it. An occurrence that has succeeded is left alone \
            but with --again. Result: queued.
            """
    )

    @OptionGroup var runs: RunSelection

    @Flag(help: "Also what has succeeded.")
    var again = false

    func execute() async throws(CommandFailure) {
        let again = again
        try await runs.each { (run, name, store) throws(CarillonError) in
            if !again, try await Self.hasSucceeded(run.id.occurrence, in: store) {
                throw CarillonError(
                    .wrongState,
                    "run '\(name)' is not tried again: its occurrence has succeeded; --again does it all the same")
            }
            guard try await store.retry(run.id, at: SystemClock().now) else {
                throw CarillonError(
                    .wrongState,
                    "run '\(name)' cannot be tried again: an attempt at its occurrence has not ended, or it was of a "
                        + "job that had the id before"
                )
            }
            return "queued"
        }
    }
    /// Whether one of its attempts did.
    private static func hasSucceeded(
        _ occurrence: Occurrence, in store: any JobStore
    ) async throws(CarillonError) -> Bool {
        var filter = RunFilter()
        filter.job = occurrence.job
        filter.scheduled = occurrence.scheduled...occurrence.scheduled
        filter.state = .finished(.succeeded)
        return try await store.runs(filter, page: Page(limit: 1000)).contains { $0.id.occurrence == occurrence }
    }
}
#endif
