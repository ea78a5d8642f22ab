import CarillonTriggers

/// Applying completions, and planning what follows from the end of a run.
extension Planner {
    mutating func complete(_ completion: Completion) {
        guard let position = open.position(of: completion.run), open[position].accepts(completion) else {
            changeRest { $0.refused.append(completion) }
            return
        }
        // The take was earlier: the node may have had to wait until the take was confirmed.
        if let started = completion.started { open.update(position) { $0.started = started } }
        switch completion.result {
        case .givenBack where open[position].isCancelRequested || isRemoved:
            open.update(position) { run in
                run.giveBack()
                // The request to cancel has set the error.
                if isRemoved, !run.isCancelRequested { run.error = Run.jobRemoved }
            }
            end(position, .cancelled, at: completion.finished)
        case .givenBack:
            open.update(position) { $0.giveBack() }
            if input.wantsEvents { tell(.givenBack(completion.run)) }
        case .interrupted(let log):
            recover(position, from: .stop, at: completion.finished, log: log)
        case .ended(let outcome, let error, let result, let log, let mayRetry):
            open.update(position) { $0.keep(outcome, error: error, result: result, log: log) }
            end(position, outcome, at: completion.finished, mayRetry: mayRetry)
        }
    }

    /// Ends a run, and plans what follows from its outcome: another attempt, or else the failure task.
    mutating func end(_ position: Int, _ outcome: Outcome, at time: Instant, mayRetry: Bool = false) {
        open.update(position) { $0.end(outcome, at: time) }
        if input.wantsEvents { tell(.ended(open[position].id, outcome)) }
        // Nothing follows for most runs, which need not be read.
        if outcome == .succeeded || outcome == .cancelled || isRemoved { return }
        let run = open[position]
        guard run.id.occurrence.kind != .onFailure else { return }
        switch outcome {
        case .failed, .timedOut:
            // A user who cancels a run does not want another attempt.
            if mayRetry, !run.isCancelRequested, run.id.attempt <= job.definition.policies.retry.count,
                run.id.attempt < .max
            {
                tryAgain(run)
            } else if let listener = job.definition.policies.onFailure {
                followUp(run, outcome, with: listener.task)
            }
        case .lost:
            if let listener = job.definition.policies.onFailure { followUp(run, outcome, with: listener.task) }
        case .succeeded, .cancelled: break
        }
    }

    private mutating func tryAgain(_ run: Run) {
        let delay = job.definition.policies.retry.delay(afterAttempt: run.id.attempt, random: input.random())
        var next = Run(
            id: Run.ID(run.id.occurrence, attempt: run.id.attempt + 1),
            state: .ready,
            due: run.due,
            available: input.now.advanced(byMicroseconds: delay)
        )
        next.task = run.task
        next.arguments = run.arguments
        open.append(next)
        if input.wantsEvents { tell(.retrying(next.id, at: next.available)) }
    }

    /// Plans the failure task. It takes the failed run's place among the job's instances.
    private mutating func followUp(_ run: Run, _ outcome: Outcome, with task: TaskName) {
        let failed = run.id.occurrence
        // The id must differ from those of all open and ended runs of the job: the state version belongs to this plan
        // alone, and the number is unique among the plan's runs. Bits above 64 are dropped.
        var number = Int(job.stateVersion) &* 1000
        var id: Run.ID
        repeat {
            id = Run.ID(
                Occurrence(
                    job: failed.job,
                    generation: failed.generation,
                    scheduled: failed.scheduled,
                    kind: .onFailure,
                    number: number
                )
            )
            number &+= 1
        } while open.position(of: id) != nil
        var next = Run(id: id, state: .ready, due: input.now, available: input.now)
        next.task = task
        next.arguments = FailureReport(run, outcome).json.bytes
        open.append(next)
        if input.wantsEvents { tell(.queued(next.id)) }
    }
}
