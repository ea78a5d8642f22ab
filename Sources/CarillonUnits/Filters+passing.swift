package import Carillon
internal import CarillonTriggers

extension JobFilter {
    /// Whether a job matches all criteria but the text in its id.
    package func passes(_ job: Job) -> Bool {
        let state: State =
            switch job.state {
            case .active: .active
            case .paused: .paused
            case .ended: .ended
            }
        let definition = job.definition
        if let wanted = self.state, wanted != state { return false }
        if let tasks, !tasks.contains(definition.task) { return false }
        if exceptTasks.contains(definition.task) { return false }
        if let tag, !definition.tags.contains(tag) { return false }
        if let origin, definition.origin != origin { return false }
        guard let due else { return true }
        return job.next.map { due.contains($0.due) } ?? false
    }
}

extension RunFilter {
    /// Whether a run may match, as far as its id tells.
    package func mayPass(_ id: Run.ID) -> Bool {
        if let job, job != id.occurrence.job { return false }
        if let kind, kind != id.occurrence.kind { return false }
        return scheduled?.contains(id.occurrence.scheduled) ?? true
    }

    /// Whether a run matches.
    package func passes(_ run: Run) -> Bool {
        guard mayPass(run.id) else { return false }
        if let node, run.state != .running(node: node) { return false }
        switch (state, run.state) {
        case (nil, _), (.waiting, .waiting), (.ready, .ready), (.running, .running): return true
        case (.finished(let wanted), .finished(let outcome)): return wanted == nil || wanted == outcome
        default: return false
        }
    }
}

extension RunSearch {
    /// Whether an ended run matches.
    package func passes(_ ended: StoredRun.Ended) -> Bool {
        var rest = self
        rest.error = nil
        // The kind of error is that with which it was written.
        return rest.passes(ended.run, of: ended.task) && (error == nil || ended.error == error)
    }
}
