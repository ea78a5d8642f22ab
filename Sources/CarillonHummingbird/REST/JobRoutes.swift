#if Web
import Carillon
import CarillonTriggers
import HTTPTypes

/// What the routes of jobs do.
struct JobRoutes {
    let scheduler: any Scheduler
    let hiddenTasks: Set<TaskName>

    private var engine: Engine { scheduler.engine }

    func list() async throws(RESTProblem) -> JSONValue {
        do throws(CarillonError) {
            let jobs = try await scheduler.jobs().map(\.job).sorted(by: ShownJob.isBefore)
            return .array(jobs.map { shown($0) })
        } catch {
            throw RESTProblem(error)
        }
    }

    func show(_ id: String) async throws(RESTProblem) -> JSONValue {
        try await at(id) { (id) throws(CarillonError) in try await scheduler.job(id).job }
    }

    func remove(_ id: String) async throws(RESTProblem) {
        let id = try job(id)
        do throws(CarillonError) { try await scheduler.removeJob(id) } catch { throw RESTProblem(error, of: id) }
    }

    func pause(_ id: String) async throws(RESTProblem) -> JSONValue {
        try await at(id) { (id) throws(CarillonError) in
            try await engine.amend(id) { (job) throws(CarillonError) in job.isPaused = true }.job
        }
    }

    /// Resumes a job with the times of its trigger: one that was set by hand is gone, as in APScheduler.
    func resume(_ id: String) async throws(RESTProblem) -> JSONValue {
        try await at(id) { (id) throws(CarillonError) in
            try await engine.amend(id) { (job) throws(CarillonError) in
                job.definition.trigger = job.definition.trigger.withoutSetTime.trigger
                job.isPaused = false
            }.job
        }
    }

    func run(_ id: String) async throws(RESTProblem) -> JSONValue {
        try await at(id) { (id) throws(CarillonError) in
            let job = try await scheduler.job(id).job
            try await engine.runAtOnce(id)
            return job
        }
    }

    func add(_ bytes: [UInt8]) async throws(RESTProblem) -> JSONValue {
        let body = try JobBody(bytes)
        guard let name = try body.text("id") else { throw .wrong("id", "is missing") }
        let id: JobID
        do throws(CarillonError) { id = try JobID(exactly: name) } catch { throw .wrong("id", error.reason) }
        guard let task = try body.task(among: tasks, hidden: hiddenTasks) else { throw .wrong("func", "is missing") }
        let arguments = CallArguments(
            positional: try body.positional(isNull: true) ?? [], named: try body.named(isNull: true) ?? [])
        var policies = engine.policies
        // Variables and files of this machine are for those who write its files.
        policies.resolvesVariables = false
        try body.policies()(&policies)
        let replaces = try body.flag("replace_existing") ?? false
        let nextRun = try body.nextRun()
        let form = try body.triggerForm() ?? .object([JSONValue.Member("type", .string("date"))])
        let trigger = nextRun.applied(to: try self.trigger(form), zone: engine.zone)
        // A job is gone when it has ended, as in APScheduler; one that never fires stays, as there.
        let fires = trigger.fixedFirst != nil || trigger.next(after: engine.clock.now) != nil
        policies.whenEnded = policies.whenEnded ?? (fires ? .remove : .keep)
        let definition = JobDefinition(
            task: task, arguments: arguments.json.bytes, trigger: trigger, policies: policies,
            executor: try body.text("executor") ?? "default",
            // An empty name is none here, as there.
            name: [.null, .string("")].contains(body["name"]) ? nil : try body.text("name"))
        let store = try body.text("jobstore") ?? "default"
        do throws(CarillonError) {
            let job = try await put(id, definition, in: store, isPaused: nextRun.pauses, replaces: replaces)
            return shown(job)
        } catch {
            throw RESTProblem(error, of: id)
        }
    }

    /// Adds a job, or gives one that is there another definition.
    private func put(
        _ id: JobID, _ definition: JobDefinition, in store: String, isPaused: Bool, replaces: Bool
    ) async throws(CarillonError) -> Job {
        while true {
            do throws(CarillonError) {
                return try await engine.add(id, definition, store: store, isPaused: isPaused)
            } catch  where error.code == .jobExists && replaces {}
            do throws(CarillonError) {
                return try await engine.amend(id, in: store) { (job) throws(CarillonError) in
                    (job.definition, job.isPaused) = (definition, isPaused)
                }.job
            } catch  where error.code == .jobNotFound {
                // It was removed meanwhile.
            }
        }
    }

    func change(_ id: String, _ bytes: [UInt8]) async throws(RESTProblem) -> JSONValue {
        let body = try JobBody(bytes)
        let id = try job(id)
        let there: ListedJob
        do throws(CarillonError) { there = try await scheduler.job(id) } catch { throw RESTProblem(error, of: id) }
        let change = try self.change(by: body, of: there)
        do throws(CarillonError) {
            return shown(try await engine.amend(id, change).job)
        } catch {
            throw RESTProblem(error, of: id)
        }
    }

    private func change(
        by body: JobBody, of there: ListedJob
    ) throws(RESTProblem) -> @Sendable (inout JobAmendment) throws(CarillonError) -> Void {
        try body.refuse("id", "cannot be changed: remove the job, and add it under another id")
        try body.refuse("replace_existing", "has no meaning for a change")
        if let store = try body.text("jobstore"), store != there.store {
            throw .wrong("jobstore", "the job is in another job store, and cannot be moved")
        }
        let task = try body.task(among: tasks, hidden: hiddenTasks)
        let (positional, named) = (try body.positional(isNull: false), try body.named(isNull: false))
        let policies = try body.policies()
        let (name, executor) = (try body.text("name"), try body.text("executor"))
        let nextRun = try body.nextRun()
        var trigger: Trigger?
        if body["trigger"] == nil {
            try body.refuseOthers()
        } else if body["trigger"] == .null {
            throw .wrong("trigger", "is a name or an object, not null")
        } else {
            trigger = try body.triggerForm().map { (form) throws(RESTProblem) in try self.trigger(form) }
        }
        let zone = engine.zone
        return { [trigger] (job) throws(CarillonError) in
            if let task { job.definition.task = task }
            if positional != nil || named != nil {
                var arguments = CallArguments(
                    (try? JSONReader.value(of: job.definition.arguments)) ?? .object([]))
                arguments.positional = positional ?? arguments.positional
                arguments.named = named ?? arguments.named
                job.definition.arguments = arguments.json.bytes
            }
            if task != nil || positional != nil || named != nil {
                // As for a job that is added. If a file describes the job, it takes it back when it is next read.
                job.definition.origin = nil
                job.definition.policies.resolvesVariables = false
            }
            policies(&job.definition.policies)
            if let name { job.definition.name = name }
            if let executor { job.definition.executor = executor }
            if let trigger { job.definition.trigger = trigger }
            job.definition.trigger = nextRun.applied(to: job.definition.trigger, zone: zone)
            switch nextRun {
            case .asTrigger: break
            case .never: job.isPaused = true
            case .at: job.isPaused = false
            }
        }
    }

    private func shown(_ job: Job) -> JSONValue {
        ShownJob(job: job, secretKeys: scheduler.registry.secretKeys(of: job.definition.task)).json
    }

    private var tasks: Set<String> { Set(scheduler.tasks) }

    private func trigger(_ form: JSONValue) throws(RESTProblem) -> Trigger {
        do throws(TriggerError) {
            return try RequestedTrigger(zone: engine.zone, now: engine.clock.now).trigger(form)
        } catch {
            throw RESTProblem(.unprocessableContent, error.description)
        }
    }

    /// The id that a path names; what cannot be an id is none.
    private func job(_ id: String) throws(RESTProblem) -> JobID {
        do throws(CarillonError) { return try JobID(exactly: id) } catch { throw .noJob(id) }
    }

    private func at(
        _ id: String, _ body: (JobID) async throws(CarillonError) -> Job
    ) async throws(RESTProblem) -> JSONValue {
        let id = try job(id)
        do throws(CarillonError) {
            return shown(try await body(id))
        } catch {
            throw RESTProblem(error, of: id)
        }
    }
}

extension RequestedNextRun {
    var pauses: Bool {
        if case .never = self { true } else { false }
    }

    /// The trigger with the time that was set.
    ///
    /// - Parameter zone: The zone of triggers that name none.
    func applied(to trigger: Trigger, zone: Zone) -> Trigger {
        switch self {
        case .asTrigger: return trigger
        case .never: return trigger.withoutSetTime.trigger
        case .at(let moment):
            let plain = trigger.withoutSetTime.trigger
            return .first(at: moment.resolved(in: plain.ownZone ?? zone), then: plain)
        }
    }
}
#endif
