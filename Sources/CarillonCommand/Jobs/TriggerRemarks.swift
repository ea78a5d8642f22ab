#if Command
import Carillon
import CarillonTriggers

/// What a crontab expression does that one may not expect of it, such as that `*/90` is no step of 90 minutes.
enum TriggerRemarks {
    /// The most that are printed.
    private static let limit = 20

    static func lines(_ jobs: [(id: JobID, definition: JobDefinition)]) -> [String] {
        let all = jobs.flatMap { id, definition -> [String] in
            let trigger = definition.trigger
            let remarks = trigger.remarksOnWording
            // That a trigger never fires is said elsewhere.
            guard !remarks.isEmpty, trigger.next(after: .earliest) != nil else { return [] }
            return remarks.map { "job '\(id.description.printable)': \($0)" }
        }
        let more = all.count - limit
        return Array(all.prefix(limit)) + (more > 0 ? ["and \(more) more; 'carillon explain' tells of a trigger"] : [])
    }
}
#endif
