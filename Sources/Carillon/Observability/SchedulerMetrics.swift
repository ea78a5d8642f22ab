import CarillonTriggers
import CoreMetrics

/// What a scheduler counts and measures, by task and never by job.
///
/// | name | kind | labels |
/// | --- | --- | --- |
/// | `carillon_runs_started` | counter | `task` |
/// | `carillon_runs_ended` | counter | `task`, `outcome` |
/// | `carillon_run_duration` | timer | `task` |
/// | `carillon_run_lateness` | timer: from when a run was due until it began, first attempts alone, no backfill | `task` |
/// | `carillon_occurrences_not_run` | counter | `reason` |
/// | `carillon_store_failures` | counter | `store` |
/// | `carillon_executor_runs` | meter: runs that were taken for it and have not ended | `executor` |
///
/// Runs count where they are performed. One that is lost counts at the node that finds it lost. What the stop of a node
/// interrupts has not ended: it counts when it has been run again, or as lost.
final class SchedulerMetrics {
    /// The handles of one task, made when it first runs.
    private final class OfTask {
        let started: Counter
        let duration: Timer
        let lateness: Timer
        var ended: [Outcome: Counter] = [:]

        init(_ task: String, _ factory: any MetricsFactory) {
            let labels = [("task", task)]
            started = Counter(label: "carillon_runs_started", dimensions: labels, factory: factory)
            duration = Timer(label: "carillon_run_duration", dimensions: labels, factory: factory)
            lateness = Timer(label: "carillon_run_lateness", dimensions: labels, factory: factory)
        }
    }

    private let factory: any MetricsFactory
    private var tasks: [String: OfTask] = [:]
    private var notRun: [ReasonRange.Reason: Counter] = [:]
    private var failures: [String: Counter] = [:]
    private var executors: [String: (meter: Meter, load: Int)] = [:]
    /// When the runs began that are at work.
    private var began: [ObjectIdentifier: Instant] = [:]

    /// Nothing where nobody collects metrics, so that not even the handles are made.
    init?(_ factory: any MetricsFactory) {
        if factory is NOOPMetricsHandler { return nil }
        self.factory = factory
    }

    private func ofTask(_ task: TaskName) -> OfTask {
        if let handles = tasks[Self.label(task)] { return handles }
        let handles = OfTask(Self.label(task), factory)
        tasks[Self.label(task)] = handles
        return handles
    }

    /// The functions of all jobs have one label: their names are those of jobs, of which there may be millions.
    private static func label(_ task: TaskName) -> String { task.isOfFunction ? "closure" : task.description }

    /// A run has begun.
    func started(_ work: RunWork, at time: Instant) {
        began[ObjectIdentifier(work)] = time
        let handles = ofTask(work.task.name)
        handles.started.increment()
        guard work.run.id.attempt == 1, work.run.id.occurrence.kind != .backfill else { return }
        handles.lateness.recordMicroseconds(max(0, time.microseconds - work.run.due.microseconds))
    }

    /// A run has ended.
    func ended(_ work: RunWork, _ completion: Completion) {
        let began = began.removeValue(forKey: ObjectIdentifier(work))
        guard case .ended(let outcome, _, _, _, _) = completion.result else { return }
        ended(work.task.name, outcome)
        guard let began else { return }
        let duration = completion.finished.microseconds - began.microseconds
        // The wall clock may have been set back meanwhile.
        ofTask(work.task.name).duration.recordMicroseconds(max(0, duration))
    }

    /// The work for a run has ended that another node has by now: it counts there.
    func takenOver(_ work: RunWork) { began[ObjectIdentifier(work)] = nil }

    private func ended(_ task: TaskName, _ outcome: Outcome) {
        let handles = ofTask(task)
        if handles.ended[outcome] == nil {
            let labels = [("task", Self.label(task)), ("outcome", outcome.rawValue)]
            handles.ended[outcome] = Counter(label: "carillon_runs_ended", dimensions: labels, factory: factory)
        }
        handles.ended[outcome]?.increment()
    }

    /// A pass has been written.
    func passed(_ result: StorePass.Result) {
        for lost in result.lost { ended(lost.task, .lost) }
        for case .notRun(let range) in result.events {
            if notRun[range.reason] == nil {
                let labels = [("reason", range.reason.rawValue)]
                notRun[range.reason] = Counter(
                    label: "carillon_occurrences_not_run", dimensions: labels, factory: factory)
            }
            notRun[range.reason]?.increment(by: range.count)
        }
    }

    /// A job store has failed.
    func failed(store: String) {
        if failures[store] == nil {
            failures[store] = Counter(
                label: "carillon_store_failures", dimensions: [("store", store)], factory: factory)
        }
        failures[store]?.increment()
    }

    /// How many runs executors have, where that is another number than before.
    func note(_ slots: [String: ExecutorSlot]) {
        for (alias, slot) in slots where executors[alias]?.load != slot.load.outstanding {
            let labels = [("executor", alias)]
            let meter =
                executors[alias]?.meter
                ?? Meter(label: "carillon_executor_runs", dimensions: labels, factory: factory)
            executors[alias] = (meter, slot.load.outstanding)
            meter.set(slot.load.outstanding)
        }
    }
}

extension Engine {
    /// Looks who collects metrics, when the engine is started; handles that are there already stay.
    func startMetrics() {
        metrics = metrics ?? SchedulerMetrics(options.metrics ?? MetricsSystem.factory)
    }

    /// Whether anything is counted.
    package var collectsMetrics: Bool { metrics != nil }
}
