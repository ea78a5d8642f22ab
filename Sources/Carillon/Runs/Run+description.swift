import CarillonTriggers

extension Run: CustomStringConvertible {
    /// One line of text: `report/1/2027-01-15T08:00:00+00:00/scheduled/0/1: failed after 2 seconds: no such host`.
    public var description: String { "\(id): \(words)" }

    private var words: String {
        switch state {
        case .waiting: return "waits for others of its job"
        case .ready: return "ready from \(available.formatted(in: .utc)) on"
        case .running(let node):
            let since = started.map { " since \($0.formatted(in: .utc))" } ?? ""
            return "runs on \(node)\(since)\(progress.map { ", at \($0)" } ?? "")"
        case .finished(let outcome):
            var length = ""
            if let started, let finished {
                length = " after \(TimeSpan(finished.microseconds - started.microseconds).words)"
            }
            return "\(outcome)\(length)\(error.map { ": \($0.firstLine)" } ?? "")"
        }
    }
}

extension RunProgress: CustomStringConvertible {
    /// One line of text: `40 %, reading`.
    public var description: String {
        "\(Int((fraction * 100).rounded())) %" + (note.isEmpty ? "" : ", \(note.firstLine)")
    }
}

extension ReasonRange: CustomStringConvertible {
    /// One line of text: `2 occurrences of job 'report' from … to … not run: missed`.
    public var description: String {
        let times =
            first == last
            ? "at \(first.formatted(in: .utc))"
            : "from \(first.formatted(in: .utc)) to \(last.formatted(in: .utc))"
        let occurrences = count == 1 ? "1 occurrence" : "\(count) occurrences"
        return "\(occurrences) of job '\(job)' \(times) not run: \(reason.rawValue)"
    }
}

extension Outcome: CustomStringConvertible {
    /// The name of the outcome.
    public var description: String { rawValue }
}

extension String {
    /// The text up to the first line break.
    fileprivate var firstLine: Substring { prefix { !$0.isNewline } }
}
