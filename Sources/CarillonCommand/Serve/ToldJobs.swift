#if Command
import Carillon

/// What was told of jobs, by store and id, so that it is told once.
struct ToldJobs<Note: Equatable> {
    private var told: [String: [String: Note]] = [:]

    /// Takes what there is to tell of jobs of a store now. What was told of the others among them is forgotten, so that it
    /// is told when it comes to be so again.
    ///
    /// - Returns: The ids of the jobs of which that has not been told.
    mutating func news(of part: JobRounds.Part, _ alias: String, _ notes: [String: Note]) -> [String] {
        let before = told[alias] ?? [:]
        // Jobs that a whole round has not met are gone.
        var now = part.isWhole ? [:] : before
        for id in part.listed.map(\.id) { now[id] = notes[id] }
        told[alias] = now
        return part.listed.map(\.id).filter { notes[$0] != nil && notes[$0] != before[$0] }
    }
}
#endif
