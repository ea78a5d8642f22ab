import Carillon
import CarillonTriggers

/// What whoever wrote a crontab expression may not expect of it, such as that `*/90` is no step of 90 minutes.
enum TriggerRemarks {
    /// So many are told.
    private static let limit = 20

    static func lines(_ jobs: [(id: JobID, definition: JobDefinition)], now: Instant) -> [String] {
        let all = jobs.flatMap { id, definition -> [String] in
            let trigger = definition.trigger
            // A trigger that never fires is told of as such.
            guard case .cron = trigger.kind, trigger.next(after: .earliest) != nil else { return [] }
            return trigger.remarks(after: now).map { "job '\(id.description.printable)': \($0)" }
        }
        let more = all.count - limit
        return Array(all.prefix(limit)) + (more > 0 ? ["and \(more) more; 'carillon explain' tells of a trigger"] : [])
    }
}
