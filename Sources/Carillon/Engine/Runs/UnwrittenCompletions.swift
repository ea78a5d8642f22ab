/// Completions of runs that are not written, or not known to be written.
struct UnwrittenCompletions {
    /// The completions that the next pass writes.
    var pending: [Completion] = []
    /// The completions that a pass is writing.
    var writing: [Completion] = []
    /// The completions that cannot be written at present.
    var withheld = WithheldCompletions()

    /// Whether the next pass has nothing to write.
    var isEmpty: Bool { pending.isEmpty }

    /// Moves the first `limit` completions to a pass.
    mutating func beginWriting(atMost limit: Int) -> [Completion] {
        let left = pending.dropFirst(limit)
        let first = left.isEmpty ? pending : Array(pending.dropLast(left.count))
        pending = Array(left)
        writing = first
        return first
    }

    /// Records that a pass has come back.
    ///
    /// - Parameter unwritten: The completions that the next pass has to write.
    mutating func finishWriting(unwritten: [Completion]) {
        pending += unwritten
        writing = []
    }

    /// Records that a pass failed and may have written all the same. All its completions are written again; the fences
    /// make that safe.
    mutating func failWriting() {
        pending = writing + pending
        writing = []
    }

    /// Schedules the withheld completions that are due for the next pass.
    mutating func retryWithheld(at monotonic: Int64) { pending += withheld.take(at: monotonic) }

    /// All completions that may not be written.
    var all: [Completion] { pending + writing + withheld.completions }
}
