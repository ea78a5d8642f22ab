import Carillon
import CarillonTriggers

extension HealthCheck {
    /// How many jobs, and how many ready runs, are looked at.
    private static let mostRows = 10_000

    /// How many jobs, and how many runs, are told of.
    private static let mostTold = 5

    /// What would wait for ever: ready runs of tasks that no node has, and jobs whose task for failed runs is one. Jobs of
    /// such tasks themselves are told of as parked.
    func missingTasks(of store: any JobStore, lease: Duration) async throws(CarillonError) -> [Finding] {
        let known = try await KnownTasks(in: store, lease: lease)
        return try await waitingRuns(of: store, known) + jobs(in: store, known)
    }

    private func waitingRuns(of store: any JobStore, _ known: KnownTasks) async throws(CarillonError) -> [Finding] {
        var filter = RunFilter()
        filter.state = .ready
        var waiting: [(run: Run.ID, task: TaskName)] = []
        var page = Page<Run.ID>(limit: 1000)
        for _ in 0..<Self.mostRows / page.limit {
            let runs = try await store.runs(filter, page: page)
            // Runs without a task of their own are of their job's, which is parked.
            for run in runs {
                if let task = run.task, known.isMissing(task) { waiting.append((run.id, task)) }
            }
            guard runs.count == page.limit, let last = runs.last else { break }
            page.after = last.id
        }
        var findings = waiting.prefix(Self.mostTold).map { wait in
            Finding(
                .warning, "runs",
                "'\(wait.run)' is ready and waits for \(known.words(for: wait.task))\n"
                    + "until then it holds a place of its job; 'carillon runs cancel' ends it")
        }
        if waiting.count > Self.mostTold {
            findings.append(Finding(.warning, "runs", "and \(waiting.count - Self.mostTold) more wait for tasks"))
        }
        return findings
    }

    private func jobs(in store: any JobStore, _ known: KnownTasks) async throws(CarillonError) -> [Finding] {
        var waiting: [(job: JobID, task: TaskName)] = []
        var page = Page<JobCursor>(limit: 1000)
        for _ in 0..<Self.mostRows / page.limit {
            let listings = try await store.jobs(JobFilter(), page: page)
            for job in listings.compactMap(\.job) {
                if let task = job.definition.policies.onFailure?.task, known.isMissing(task) {
                    waiting.append((job.id, task))
                }
            }
            guard listings.count == page.limit, let last = listings.last else { break }
            page.after = last.cursor(byDue: false)
        }
        var findings = waiting.prefix(Self.mostTold).map { wait in
            Finding(
                .warning, "jobs",
                "'\(wait.job)': its task for failed runs waits for \(known.words(for: wait.task))")
        }
        if waiting.count > Self.mostTold {
            findings.append(
                Finding(.warning, "jobs", "and \(waiting.count - Self.mostTold) more, whose tasks for failed runs do"))
        }
        return findings
    }
}
