#if Command
import Carillon
import CarillonTriggers

/// Notices jobs among those of a store that this version cannot read: they are kept, and do not fire.
struct UnreadableJobsWatch {
    /// A job that cannot be read.
    struct Unreadable {
        /// The id as it is stored, which need not be that of a job.
        let id: String
        let reason: String

        /// What is said of it.
        var text: String {
            "job '\(id.printable)' does not fire: it cannot be read: \(reason.printable); use a version that can, mend it, "
                + "or remove the job"
        }
    }

    private var told = ToldJobs<String>()

    /// Looks at jobs of a store.
    ///
    /// - Returns: Those that have not been told of.
    mutating func look(at part: JobRounds.Part, _ alias: String) -> [Unreadable] {
        var reasons: [String: String] = [:]
        for case .unreadable(let id, _, let reason) in part.listed { reasons[id] = reason }
        return told.news(of: part, alias, reasons).compactMap { id in
            reasons[id].map { Unreadable(id: id, reason: $0) }
        }
    }
}
#endif
