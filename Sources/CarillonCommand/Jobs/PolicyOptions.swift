#if Command
import ArgumentParser
import Carillon

/// The options that say how a job behaves; what is not given stays as it is.
struct PolicyOptions: ParsableArguments {
    /// A length of time, or none.
    enum Limit {
        case none
        case seconds(Int)
    }

    @Option(
        help: ArgumentHelp(
            "How late it may still run: 'unlimited' (the default), or \(SecondsText.help).", valueName: "time"),
        transform: { try PolicyOptions.limit($0, none: "unlimited") }
    )
    var misfireGrace: Limit?

    @Option(
        help: "Which of several occurrences that are due together run: latest (the default), earliest or all.",
        completion: Choice.completion(Coalesce.self), transform: Choice.read
    )
    var coalesce: Coalesce?

    @Option(parsing: .unconditional, help: "How many runs may be open at a time. The default: 1.")
    var maxInstances: Int?

    @Option(
        help: "What becomes of an occurrence while that many are: skip (the default), queue or replace.",
        completion: Choice.completion(AtLimit.self), transform: Choice.read
    )
    var atLimit: AtLimit?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How often a failed run is tried again. The default: 0.", valueName: "count"))
    var retry: Int?

    @Option(
        help: ArgumentHelp("How long to wait before that: \(SecondsText.help).", valueName: "time"),
        transform: { try SecondsText($0).seconds }
    )
    var retryDelay: Int?

    @Option(
        help: ArgumentHelp("Wait twice as long each time, up to this: \(SecondsText.help).", valueName: "time"),
        transform: { try SecondsText($0).seconds }
    )
    var retryDelayAtMost: Int?

    @Option(
        help: ArgumentHelp(
            "After how long a run is ended: 'none' (the default), or \(SecondsText.help).", valueName: "time"),
        transform: { try PolicyOptions.limit($0, none: "none") }
    )
    var timeout: Limit?

    @Option(
        help: "What becomes of a run whose node died: rerun (the default) or markLost.",
        completion: Choice.completion(Recovery.self), transform: Choice.read
    )
    var recovery: Recovery?

    @Option(parsing: .unconditional, help: "Runs with a higher number are taken first. The default: 0.")
    var priority: Int?

    @Option(parsing: .unconditional, help: "How many ended runs are kept. The default: 1000.")
    var historyRuns: Int?

    @Option(parsing: .unconditional, help: "For how many days they are kept. The default: 30.")
    var historyDays: Int?

    @Option(help: ArgumentHelp("The task to run when a run has failed for good; 'none' for none.", valueName: "task"))
    var onFailure: String?

    @Option(
        help: ArgumentHelp(
            "The arguments of that task, a JSON object; without them it is given the report of the failed run.",
            valueName: "json"))
    var onFailureArguments: String?

    private static func limit(_ text: String, none: String) throws -> Limit {
        text == none ? .none : .seconds(try SecondsText(text).seconds)
    }

    /// Puts what is given into policies, and checks them.
    func apply(to policies: inout JobPolicies) throws(CommandFailure) {
        switch misfireGrace {
        case nil: break
        case .some(.none): policies.misfireGrace = nil
        case .seconds(let seconds)?: policies.misfireGrace = .seconds(seconds)
        }
        if let coalesce { policies.coalesce = coalesce }
        if let maxInstances { policies.maxInstances = maxInstances }
        if let atLimit { policies.atLimit = atLimit }
        applyRetry(to: &policies.retry)
        switch timeout {
        case nil: break
        case .some(.none): policies.timeout = nil
        case .seconds(let seconds)?: policies.timeout = .seconds(seconds)
        }
        if let recovery { policies.recovery = recovery }
        if let priority { policies.priority = priority }
        if let historyRuns { policies.history.runs = historyRuns }
        if let historyDays { policies.history.days = historyDays }
        try applyOnFailure(to: &policies)
        do throws(CarillonError) { try policies.validate() } catch { throw CommandFailure(error) }
    }

    /// Another task does not take the arguments of the one before.
    private func applyOnFailure(to policies: inout JobPolicies) throws(CommandFailure) {
        if let onFailure {
            do throws(CarillonError) {
                policies.onFailure = onFailure == "none" ? nil : FailureTask(try TaskName(onFailure))
            } catch {
                throw CommandFailure(error)
            }
        }
        guard let onFailureArguments else { return }
        guard policies.onFailure != nil else {
            throw CommandFailure(
                .badInput, "--on-failure-arguments: there is no task for failed runs; give --on-failure")
        }
        policies.onFailure?.arguments = try TaskArguments.value(onFailureArguments, option: "--on-failure-arguments")
    }

    private func applyRetry(to policy: inout RetryPolicy) {
        if let retry { policy.count = retry }
        var (first, atMost): (Duration, Duration?) =
            switch policy.backoff {
            case .constant(let delay): (delay, nil)
            case .exponential(let first, let atMost): (first, atMost)
            }
        if let retryDelay { first = .seconds(retryDelay) }
        if let retryDelayAtMost { atMost = .seconds(retryDelayAtMost) }
        policy.backoff = atMost.map { .exponential(first: first, atMost: $0) } ?? .constant(first)
    }
}
#endif
