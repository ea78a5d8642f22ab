#if Configuration
import Carillon
import CarillonTriggers

/// Looks whether a scheduler can run the jobs of a configuration, and tells at its place of each that it cannot.
struct ConfiguredJobsCheck {
    private let configuration: Configuration
    private var lines: [String] = []
    private var furtherCount = 0

    init(_ configuration: Configuration) { self.configuration = configuration }

    /// What is wrong, `ConfigurationError.maximumProblems` lines at most; `nil` if nothing is.
    var error: CarillonError? {
        guard !lines.isEmpty else { return nil }
        let rest = furtherCount == 0 ? [] : ["and \(furtherCount) problem\(furtherCount == 1 ? "" : "s") more"]
        return CarillonError(.invalidConfiguration, (lines + rest).joined(separator: "\n"))
    }

    mutating func look(for scheduler: some Scheduler) {
        let now = scheduler.engine.clock.now
        if let task = configuration.jobDefaults.onFailure,
            let error = Self.problem(
                of: task, configuration.jobDefaults, configuration.jobs.first?.origin ?? "/", scheduler)
        {
            // It is that of every job that has no other, and is told once.
            let place = configuration.defaultPlaces["on_failure"].map { "\($0): " } ?? ""
            report("\(place)job_defaults.\(error)")
        }
        for job in configuration.jobs {
            var definition = job.definition(now: now)
            definition.policies.onFailure = nil
            if let error = Self.problem({ () throws(CarillonError) in try scheduler.check(definition) }) {
                let advice = Self.isCommand(job.task, error) ? "; a command stands behind 'command'" : ""
                report("\(Self.place(of: error, job.places)): job '\(job.id)': \(error)\(advice)")
            }
            guard let place = job.places.failure, let task = job.policies.onFailure else { continue }
            if let error = Self.problem(of: task, job.policies, job.origin, scheduler) {
                let advice =
                    Self.isCommand(task.task, error) ? "; a command is written as on_failure: {command: …}" : ""
                report("\(place): job '\(job.id)': \(error)\(advice)")
            }
        }
    }

    /// Whether a task that nobody has looks like the line of a command.
    private static func isCommand(_ task: TaskName, _ error: CarillonError) -> Bool {
        error.code == .taskNotFound && task.description.contains(" ")
    }

    private mutating func report(_ line: String) {
        if lines.count < ConfigurationError.maximumProblems { lines.append(line) } else { furtherCount += 1 }
    }

    private static func place(of error: CarillonError, _ places: ConfiguredJob.Places) -> ConfigurationPlace {
        switch error.code {
        case .taskNotFound: places.task
        case .invalidArguments: places.arguments
        default: places.entry
        }
    }

    /// What is wrong with a task for failed runs, whatever is wrong with the job.
    private static func problem(
        of task: FailureTask, _ policies: JobPolicies, _ origin: String?, _ scheduler: some Scheduler
    ) -> CarillonError? {
        problem { () throws(CarillonError) in
            var definition = JobDefinition(
                task: task.task, trigger: .date(scheduler.engine.clock.now.date), origin: origin)
            definition.policies.resolvesVariables = policies.resolvesVariables
            definition.policies.onFailure = task
            try definition.validate()
            try scheduler.engine.checkFailureTask(of: definition)
        }
    }

    private static func problem(_ body: () throws(CarillonError) -> Void) -> CarillonError? {
        do throws(CarillonError) {
            try body()
            return nil
        } catch {
            return error
        }
    }
}
#endif
