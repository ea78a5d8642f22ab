#if Command
import Carillon
import CarillonConfiguration
import CarillonTriggers

/// Jobs of a configuration that fire nothing any more, which nobody may have meant.
struct SilentJobs {
    /// A line for each, by its place, `ConfigurationError.maximumProblems` at most.
    let warnings: [String]

    /// Looks for jobs whose trigger names no time at all; and among those that are new or were changed, for those that
    /// come too late for all their times. Others had theirs, and a date that may run late does.
    init(_ configuration: Configuration, _ difference: JobsDifference, now: Instant) {
        let fresh = Set(difference.added + difference.changed)
        var lines: [String] = []
        var further = 0
        for job in configuration.jobs {
            guard let silent = job.trigger.flatMap({ SilentTrigger($0, grace: job.policies.misfireGrace, now: now) }),
                silent.isImpossible || fresh.contains(job.id)
            else { continue }
            guard lines.count < ConfigurationError.maximumProblems else {
                further += 1
                continue
            }
            lines.append("\(job.place): job '\(job.id.description.printable)' \(silent)")
        }
        if further > 0 { lines.append("and \(further) job\(further == 1 ? "" : "s") more") }
        warnings = lines
    }
}
#endif
