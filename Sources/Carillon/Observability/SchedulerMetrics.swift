import CarillonTriggers
import CoreMetrics

/// The metrics of a scheduler, by task and never by job.
///
/// | name | kind | labels |
/// | --- | --- | --- |
/// | `carillon_runs_started` | counter | `task` |
/// | `carillon_runs_ended` | counter | `task`, `outcome` |
/// | `carillon_run_duration` | timer | `task` |
/// | `carillon_run_lateness` | timer: from when a run was due until it began; first attempts, no backfills | `task` |
/// | `carillon_occurrences_not_run` | counter | `reason` |
/// | `carillon_store_failures` | counter | `store` |
/// | `carillon_executor_runs` | meter: runs that were taken for it and have not ended | `executor` |
///
/// Runs count on the node that performs them. A lost run counts on the node that finds it lost. A run that the stop of
/// a node interrupts has not ended: it counts when it has been run again, or as lost.
final class SchedulerMetrics {
    /// The metrics of one task, created when it first runs.
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
    /// When each run that is at work began.
    private var began: [ObjectIdentifier: Instant] = [:]

    /// Fails if nothing collects metrics, so that none are created.
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

    /// The functions of all jobs share one label, since they have the names of jobs, of which there may be millions.
    private static func label(_ task: TaskName) -> String { task.isOfFunction ? "closure" : task.description }

    /// Records that a run has begun.
    func started(_ work: RunWork, at time: Instant) {
        began[ObjectIdentifier(work)] = time
        let handles = ofTask(work.task.name)
        handles.started.increment()
        guard work.run.id.attempt == 1, work.run.id.occurrence.kind != .backfill else { return }
        handles.lateness.recordMicroseconds(max(0, time.microseconds - work.run.due.microseconds))
    }

    /// Records that a run has ended.
    func ended(_ work: RunWork, _ completion: Completion) {
        let began = began.removeValue(forKey: ObjectIdentifier(work))
        guard case .ended(let outcome, _, _, _, _) = completion.result else { return }
        ended(work.task.name, outcome)
        guard let began else { return }
        let duration = completion.finished.microseconds - began.microseconds
        // The wall clock may have been set back meanwhile.
        ofTask(work.task.name).duration.recordMicroseconds(max(0, duration))
    }

    /// Forgets a run that another node has taken over: it counts there.
    func takenOver(_ work: RunWork) { began[ObjectIdentifier(work)] = nil }

    private func ended(_ task: TaskName, _ outcome: Outcome) {
        let handles = ofTask(task)
        if handles.ended[outcome] == nil {
            let labels = [("task", Self.label(task)), ("outcome", outcome.rawValue)]
            handles.ended[outcome] = Counter(label: "carillon_runs_ended", dimensions: labels, factory: factory)
        }
        handles.ended[outcome]?.increment()
    }

    /// Records what a pass found lost or not to be run.
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

    /// Records that a job store has failed.
    func failed(store: String) {
        if failures[store] == nil {
            failures[store] = Counter(
                label: "carillon_store_failures", dimensions: [("store", store)], factory: factory)
        }
        failures[store]?.increment()
    }

    /// Records how many runs executors have, if the number has changed.
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
    /// Creates the metrics when the engine is started, if something collects them; existing ones are kept.
    func startMetrics() {
        metrics = metrics ?? SchedulerMetrics(options.metrics ?? MetricsSystem.factory)
    }

    /// Whether metrics are collected.
    package var collectsMetrics: Bool { metrics != nil }
}
