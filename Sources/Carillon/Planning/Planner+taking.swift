import CarillonTriggers

/// Moving runs: away from a dead node, up into free instances, to the node that asks.
extension Planner {
    mutating func recover() {
        guard !input.dead.isEmpty else { return }
        let orphans = open.oldest { run in
            if case .running(let node) = run.state { input.dead.contains(node) } else { false }
        }
        for position in orphans { recover(position, from: .death, at: input.now) }
    }

    /// How a node lost its run.
    enum NodeEnd {
        case death
        /// The node shut down, and ended the run.
        case stop
    }

    /// Makes a run that has no outcome ready again. It ends the run instead if its cancel was requested, its job was
    /// removed or marks such runs as lost, or it was recovered as often as allowed.
    ///
    /// - Parameters:
    ///   - time: When the run ended, if it ends here.
    ///   - log: Its log, which is kept if it ends.
    mutating func recover(_ position: Int, from end: NodeEnd, at time: Instant, log: [UInt8]? = nil) {
        // The stop ended the run as requested: it has an outcome, and had a node until then.
        if end == .stop, open[position].isCancelRequested {
            if let log { open.update(position) { $0.log = Run.end(of: log) } }
            return self.end(position, .cancelled, at: time)
        }
        let node = open[position].node
        open.update(position) { run in
            // The count is clamped: a store may hold any number.
            if run.recoveries < .max { run.recoveries += 1 }
            // The request to cancel has set the error.
            if !run.isCancelRequested { run.error = end == .stop ? node.map(Run.interruption) : nil }
            if isRemoved, !run.isCancelRequested { run.error = "\(run.error ?? Run.death), and its job was removed" }
        }
        let run = open[position]
        let mayNever = job.definition.policies.recovery == .markLost
        let isLost = mayNever || isRemoved || run.recoveries > JobPolicies.recoveryLimit
        guard run.isCancelRequested || isLost else {
            open.update(position) {
                $0.state = .ready
                $0.available = input.now
            }
            if input.wantsEvents { tell(end == .stop ? .interrupted(run.id) : .recovered(run.id)) }
            return
        }
        open.update(position) {
            if let log { $0.log = Run.end(of: log) }
            // So `Run.wasBegunAgain` is false, whatever the clock of the earlier node showed.
            $0.available = max(time, $0.started?.advanced(byMicroseconds: 1) ?? time)
        }
        // A stop and a removal have set the error above.
        if end == .death, !run.isCancelRequested, !isRemoved {
            open.update(position) { $0.error = mayNever ? Run.death : Run.lastDeath }
        }
        self.end(position, run.isCancelRequested ? .cancelled : .lost, at: time)
    }

    mutating func promote() {
        let limit = job.definition.policies.maxInstances
        guard !job.isPaused, open.waitingCount > 0, open.instanceCount < limit else { return }
        for position in open.oldest(limit - open.instanceCount, where: { $0.state == .waiting }) {
            open.update(position) {
                $0.state = .ready
                $0.available = min($0.available, input.now)
            }
            if input.wantsEvents { tell(.promoted(open[position].id)) }
        }
    }

    mutating func take() {
        guard open.instanceCount > 0, !job.isPaused, input.pause?.isOn != true else { return }
        let ahead = job.definition.policies.recovery == .rerun ? max(input.ahead, 0) : 0
        let room = input.slots < .max - ahead ? input.slots + ahead : .max
        let ready = open.oldest(room) { run in
            // A fence that cannot rise any more would let two nodes end one run. The node has the task of a job that
            // has fired.
            run.state == .ready && run.available <= input.now && max(run.fence, fenceFloor) < .max
                && !input.atWork.contains(run.id)
                && (hasFired && run.task == nil || input.canRun(run.task ?? job.definition.task))
        }
        taken = ready
        for position in ready {
            open.update(position) {
                $0.state = .running(node: input.node)
                $0.fence = max($0.fence, fenceFloor) + 1
                $0.started = input.now
            }
            if input.wantsEvents { tell(.taken(open[position].id)) }
        }
    }
}

extension Job {
    /// Whether the job fires nothing and keeps its waiting runs waiting.
    package var isPaused: Bool {
        if case .paused = state { true } else { false }
    }
}
