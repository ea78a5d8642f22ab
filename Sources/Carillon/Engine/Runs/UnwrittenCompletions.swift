/// What a node knows of runs that ended and has not written, or does not know to be written.
struct UnwrittenCompletions {
    /// Those that the next pass writes.
    var pending: [Completion] = []
    /// Those that a pass is writing.
    var writing: [Completion] = []
    /// Those that cannot be written at the moment.
    var withheld = WithheldCompletions()

    /// Whether the next pass has nothing to write.
    var isEmpty: Bool { pending.isEmpty }

    /// Hands the first so many to a pass.
    mutating func beginWriting(atMost limit: Int) -> [Completion] {
        let left = pending.dropFirst(limit)
        let first = left.isEmpty ? pending : Array(pending.dropLast(left.count))
        pending = Array(left)
        writing = first
        return first
    }

    /// Notes that a pass has come back.
    ///
    /// - Parameter unwritten: What is to be written by the next one.
    mutating func finishWriting(unwritten: [Completion]) {
        pending += unwritten
        writing = []
    }

    /// Notes that it is not known what a pass has written; the fences tell when it is written once more.
    mutating func failWriting() {
        pending = writing + pending
        writing = []
    }

    /// Brings withheld ones along again whose time has come.
    mutating func retryWithheld(at monotonic: Int64) { pending += withheld.take(at: monotonic) }

    /// Everything that may not be written.
    var all: [Completion] { pending + writing + withheld.completions }
}
