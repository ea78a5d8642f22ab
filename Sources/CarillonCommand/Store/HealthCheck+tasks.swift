#if Command
import Carillon
import CarillonConfiguration
import CarillonTriggers

extension HealthCheck {
    /// How many jobs, and how many open runs, are looked at.
    private static let mostRows = 10_000

    /// How many runs, tasks and jobs with such a task for failed runs are told of.
    private static let mostTold = 5

    /// How many jobs of a task are named.
    private static let mostNames = 20

    /// What waits for what does not come by itself: jobs and runs of tasks that no node has, jobs whose task for failed
    /// runs is one, and runs of paused jobs.
    func waits(in store: any JobStore, lease: Duration, zone: Zone) async throws(CarillonError) -> [Finding] {
        let known = try await KnownTasks(in: store, lease: lease)
        var others = JobFilter()
        others.exceptTasks = known.present
        let parked = try await store.jobs(others, atMost: Self.mostRows)
        return parkedJobs(parked, known) + (try await waitingRuns(in: store, parked, known, zone))
            + (try await listeners(in: store, known)) + (try await backlogs(in: store))
    }

    /// Jobs that fall behind: more of their occurrences wait for earlier ones than a late run explains.
    private func backlogs(in store: any JobStore) async throws(CarillonError) -> [Finding] {
        let waiting = Dictionary(grouping: try await runs(in: store, .waiting)) { $0.id.occurrence.job }
            .filter { $0.value.count { $0.id.occurrence.kind == .scheduled } >= JobPolicies.backlogLimit }
            .sorted { $0.value.count != $1.value.count ? $0.value.count > $1.value.count : $0.key < $1.key }
        var findings = waiting.prefix(Self.mostTold).map { job, runs in
            Finding(
                .warning, "jobs",
                """
                '\(job)' falls behind: \(runs.count) of its runs wait for earlier ones to end, which take longer than the \
                time between them
                """)
        }
        if waiting.count > Self.mostTold {
            findings.append(Finding(.warning, "jobs", "and \(waiting.count - Self.mostTold) more fall behind"))
        }
        return findings
    }

    /// Jobs whose runs no server of the configuration takes.
    func executors(of store: any JobStore, _ configuration: Configuration) async throws(CarillonError) -> [Finding] {
        guard let executors = options.executors(configuration) else { return [] }
        let lines = try await executors.warnings(ofJobsIn: store, atMost: Self.mostTold)
        return lines.map { Finding(.warning, "jobs", $0) }
    }

    private func parkedJobs(_ jobs: [Job], _ known: KnownTasks) -> [Finding] {
        let groups = Dictionary(grouping: jobs) { $0.definition.task }.sorted { $0.key < $1.key }
        var findings = groups.prefix(Self.mostTold).map { task, jobs in
            let names = jobs.prefix(Self.mostNames).map { "'\($0.id)'" }.joined(separator: ", ")
            let further = jobs.count > Self.mostNames ? " and \(jobs.count - Self.mostNames) more" : ""
            let verb = jobs.count == 1 ? "is parked: it waits" : "are parked: they wait"
            return Finding(.warning, "jobs", "\(names)\(further) \(verb) for \(known.words(for: task))")
        }
        let rest = groups.dropFirst(Self.mostTold).reduce(0) { $0 + $1.value.count }
        if rest > 0 {
            findings.append(
                Finding(.warning, "jobs", "and \(rest) more are parked; 'carillon jobs list --parked' lists them"))
        }
        return findings
    }

    private func waitingRuns(
        in store: any JobStore, _ parked: [Job], _ known: KnownTasks, _ zone: Zone
    ) async throws(CarillonError) -> [Finding] {
        let now = SystemClock().now
        let tasks = Dictionary(parked.map { ($0.id, $0.definition.task) }) { first, _ in first }
        var filter = JobFilter()
        filter.state = .paused
        let paused = Set(try await store.jobs(filter, atMost: Self.mostRows).map(\.id))
        var waiting: [(run: Run.ID, words: String)] = []
        for state in [RunFilter.State.ready, .waiting] {
            // Those that wait for others of their job are told of where it is paused alone.
            if state == .waiting, paused.isEmpty { continue }
            for run in try await runs(in: store, state) {
                let job = run.id.occurrence.job
                let wait = RunWait(run, task: tasks[job], isPaused: paused.contains(job), known, now: now)
                if let wait, wait.isTrouble { waiting.append((run.id, wait.sentence(known))) }
            }
        }
        let told = waiting.prefix(Self.mostTold)
        let zones = try await store.zones(of: Set(told.map(\.run.occurrence.job)))
        let names = try await RunNames(of: told.map(\.run), in: store) { zones[$0] ?? zone }
        var findings = told.map { run, words in
            Finding(
                .warning, "runs",
                "'\(names[run])' \(words)\nuntil then it holds a place of its job; 'carillon runs cancel' ends it")
        }
        if waiting.count > Self.mostTold {
            findings.append(Finding(.warning, "runs", "and \(waiting.count - Self.mostTold) more wait like that"))
        }
        return findings
    }

    private func runs(in store: any JobStore, _ state: RunFilter.State) async throws(CarillonError) -> [Run] {
        var filter = RunFilter()
        filter.state = state
        var all: [Run] = []
        var pages = RunPages(filter)
        while all.count < Self.mostRows, let runs = try await pages.next(of: store) { all += runs }
        return all
    }

    private func listeners(in store: any JobStore, _ known: KnownTasks) async throws(CarillonError) -> [Finding] {
        let waiting = try await known.jobsToWait(in: store, atMost: Self.mostRows)
        var findings = waiting.prefix(Self.mostTold).map { job, task in
            Finding(.warning, "jobs", "'\(job.id)': its task for failed runs waits for \(known.words(for: task))")
        }
        if waiting.count > Self.mostTold {
            findings.append(
                Finding(.warning, "jobs", "and \(waiting.count - Self.mostTold) more, whose tasks for failed runs do"))
        }
        return findings
    }
}
#endif
