#if Command
import Carillon
import CarillonTriggers

extension JobPolicies {
    /// What a person is told of policies that are not the usual ones, by name.
    var words: [(name: String, text: String)] {
        let usual = JobPolicies()
        var words: [(name: String, text: String)] = []
        if let misfireGrace { words.append(("misfire grace", Self.length(misfireGrace))) }
        if coalesce != usual.coalesce { words.append(("coalesce", coalesce.rawValue)) }
        if maxInstances != usual.maxInstances { words.append(("max instances", "\(maxInstances)")) }
        if atLimit != usual.atLimit { words.append(("at limit", atLimit.rawValue)) }
        if retry.count > 0 { words.append(("retry", retry.words)) }
        if let timeout { words.append(("timeout", Self.length(timeout))) }
        if recovery != usual.recovery { words.append(("recovery", recovery.rawValue)) }
        if priority != usual.priority { words.append(("priority", "\(priority)")) }
        if history != usual.history {
            let (runs, days) = (EnglishText.count(history.runs, "run"), EnglishText.count(history.days, "day"))
            words.append(("history", "\(runs), \(days)"))
        }
        if let onFailure {
            words.append(("on failure", onFailure.words))
        }
        return words
    }

    /// The same of a time that may have a part of a second: `1.5 s`.
    static func length(_ time: Duration) -> String {
        let seconds = time / .seconds(1)
        return seconds == seconds.rounded() ? length(Int(seconds)) : "\(seconds) s"
    }

    /// `90 s`, `5 min`, `1 h 30 min`.
    private static func length(_ seconds: Int) -> String {
        let units = [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")]
        var rest = seconds
        var parts: [String] = []
        for (size, unit) in units where rest >= size {
            parts.append("\(rest / size) \(unit)")
            rest %= size
        }
        return parts.isEmpty ? "0 s" : parts.joined(separator: " ")
    }
}

extension FailureTask {
    /// The task and its arguments, those of a command as one types it.
    fileprivate var words: String {
        guard let arguments else { return task.description }
        return ([task.description] + task.words(of: arguments.bytes).map(\.text)).joined(separator: ", ")
    }
}

extension RetryPolicy {
    fileprivate var words: String {
        var text = count == 1 ? "once" : "\(count) times"
        switch backoff {
        case .constant(let delay): text += ", after \(JobPolicies.length(delay))"
        case .exponential(let first, let atMost):
            text += ", after \(JobPolicies.length(first)), doubled each time up to \(JobPolicies.length(atMost))"
        }
        if jitter > 0 { text += ", and up to \(Int((jitter * 100).rounded())) % more" }
        if !errors.isEmpty { text += ", for \(errors.joined(separator: ", "))" }
        return text
    }
}
#endif
