#if Command
import Carillon
import CarillonTriggers
import Foundation
import Testing

@Suite("Tasks that nobody has", .fewAtOnce)
struct MissingTaskTests {
    /// A store on which a node with the tasks of the command lives.
    private func fixture(_ jobs: [NewJob] = [], tasks: [String] = ["shell", "http"]) async throws -> StoreFixture {
        let fixture = try await StoreFixture(jobs)
        let tasks = Set(try tasks.map { try TaskName($0) })
        _ = try await fixture.store.heartbeat(
            NodeReport(id: try NodeID("n1"), host: "h", process: 7, processStart: 0, tasks: tasks))
        return fixture
    }

    /// A job whose task for failed runs is misspelt.
    private func misspelt() throws -> NewJob {
        var job = try StoreFixture.job("backup").definition
        job.policies.onFailure = FailureTask(TaskName("shel"))
        return NewJob(id: JobID("backup"), definition: job, added: Instant(.now))
    }

    @Test("'jobs add' and 'edit' warn of them, name the nearest one, and write the job all the same")
    func added() async throws {
        let fixture = try await fixture(tasks: ["report"])
        let first = try await fixture.carillon(
            "jobs", "add", "a", "--every", "1h", "--on-failure", "shel", "--on-failure-arguments", "{}", "--", "true")
        #expect(first.status == 0 && first.output.count == 1, "\(first)")
        let words = "its task for failed runs waits for a node that has the task 'shel'; did you mean 'shell'?"
        #expect(first.errors == ["Warning: job 'a': \(words)"], "\(first)")
        let second = try await fixture.carillon("jobs", "add", "b", "--every", "1h", "--task", "reprot", "--json")
        #expect(second.status == 0, "\(second)")
        let line = "Warning: job 'b' waits for a node that has the task 'reprot'; did you mean 'report'?"
        #expect(second.errors == [line], "\(second)")
        let third = try await fixture.carillon("jobs", "edit", "b", "--on-failure", "unlike-all")
        #expect(
            third.errors == [
                line, "Warning: job 'b': its task for failed runs waits for a node that has the task 'unlike-all'",
            ], "\(third)")
        // The node and every server have these.
        let plain = try await fixture.carillon(
            "jobs", "add", "c", "--every", "1h", "--task", "report", "--on-failure", "http",
            "--on-failure-arguments", #"{"url": "https://example.org"}"#)
        #expect(plain.status == 0 && plain.errors.isEmpty, "\(plain)")
        let edited = try await fixture.carillon("jobs", "edit", "b", "--task", "report", "--on-failure", "none")
        #expect(edited.status == 0 && edited.errors.isEmpty, "\(edited)")
    }

    @Test("'jobs import' warns of them, twenty at most")
    func imported() async throws {
        let definition = try misspelt().definition
        let full = try await StoreFixture(
            try (0..<30).map { NewJob(id: try JobID("j\($0)"), definition: definition, added: Instant(.now)) })
        let file = "\(full.folder)/jobs.json"
        #expect(try await full.carillon("jobs", "export", file).status == 0)
        let empty = try await fixture()
        for option in [["--dry-run"], []] {
            let run = try await empty.carillon(["jobs", "import", file] + option)
            #expect(run.status == 0 && run.errors.count == 21, "\(run)")
            #expect(run.errors.first?.hasPrefix("Warning: job 'j0': its task for failed runs waits for") == true)
            #expect(run.errors.last == "Warning: and 10 more", "\(run)")
        }
    }

    @Test("A run that waits for one is told of by 'doctor', 'jobs show' and 'runs why', whatever time is asked about")
    func waiting() async throws {
        let fixture = try await fixture([try misspelt()])
        let before = try await fixture.carillon("doctor")
        let words = "its task for failed runs waits for a node that has the task 'shel'; did you mean 'shell'?"
        #expect(before.output.contains("warning  jobs: 'backup': \(words)"), "\(before)")
        let failed = try await fixture.run("backup", .failed)
        var filter = RunFilter()
        filter.state = .ready
        let run = try #require(try await fixture.store.runs(filter, page: Page()).first)
        try #require(run.id.occurrence.kind == .onFailure)
        let name = try await fixture.name(of: run.id.description)
        let line = "Run '\(name)' is ready and waits for a node that has the task 'shel'; did you mean 'shell'?"

        let doctor = try await fixture.carillon("doctor")
        #expect(doctor.status == 0 && doctor.text.contains("warning  runs: " + line.dropFirst(4)), "\(doctor)")
        let show = try await fixture.carillon("jobs", "show", "backup")
        #expect(show.output.contains(line) && !show.text.contains("parked"), "\(show)")
        #expect(show.output.contains("I" + words.dropFirst()), "\(show)")
        let shown = try #require(try await fixture.json("jobs", "show", "backup") as? [String: Any])
        let waits = try #require(shown["waiting_for_tasks"] as? [[String: String]])
        #expect(waits == [["run": run.id.description, "task": "shel"]])
        for time in [failed.id.occurrence.scheduled.formatted(in: .utc), "2099-01-01T12:00"] {
            let why = try await fixture.carillon("runs", "why", "backup", time)
            #expect(why.output.dropFirst().first == line, "\(why)")
            let answer = try #require(try await fixture.json("runs", "why", "backup", time) as? [String: Any])
            #expect((answer["waiting_for_tasks"] as? [[String: String]])?.count == 1)
        }
        // A node that has it ends the matter.
        _ = try await fixture.store.heartbeat(
            NodeReport(id: try NodeID("n2"), host: "h", process: 8, processStart: 0, tasks: [TaskName("shel")]))
        #expect(try await !fixture.carillon("doctor").text.contains("shel"))
        #expect(try await !fixture.carillon("jobs", "show", "backup").text.contains("waits"))
    }

    @Test("A job of such a task that is due says what it waits for, and so does its run")
    func due() async throws {
        let start = Instant(seconds: 1_750_000_000)
        let definition = JobDefinition(
            task: TaskName("reprot"), trigger: try .interval(seconds: 60, start: start.date, in: .utc))
        let fixture = try await fixture(
            [NewJob(id: JobID("r"), definition: definition, added: start)], tasks: ["report"])
        let next = try #require(try await fixture.store.snapshot(JobID("r"), at: start).job.next?.scheduled)
        let why = try await fixture.carillon("runs", "why", "r", next.formatted(in: .utc))
        let words = "waits for a node that has the task 'reprot'; did you mean 'report'?"
        #expect(why.output.first?.hasSuffix(", and \(words)") == true, "\(why)")
        let show = try await fixture.carillon("jobs", "show", "r")
        #expect(show.output.last == "The job is parked: no live node has the task 'reprot'. It \(words)", "\(show)")
        let run = try #require(try await fixture.json("jobs", "run", "r") as? [String: Any])
        let time = try #require(run["scheduled"] as? String)
        let queued = try await fixture.carillon("runs", "why", "r", time)
        #expect(queued.output.first?.hasSuffix(" is ready and \(words)") == true, "\(queued)")
        #expect(queued.output.filter { $0.contains("waits for") }.count == 1, "\(queued)")
    }

    @Test("A job that will wait for one is told of by 'jobs list --parked', below the jobs that are parked")
    func listed() async throws {
        let fixture = try await fixture([try misspelt(), try StoreFixture.job("plain")])
        let list = try await fixture.carillon("jobs", "list", "--parked")
        let words = "its task for failed runs waits for a node that has the task 'shel'; did you mean 'shell'?"
        #expect(
            list.output == ["There are no such jobs.", "Job 'backup' is not parked, but \(words)"], "\(list)")
        #expect(try await fixture.json("jobs", "list", "--parked") as? [Any] != nil)
        // Other jobs are meant.
        let other = try await fixture.carillon("jobs", "list", "--parked", "--text", "plain")
        #expect(other.output == ["There are no such jobs."], "\(other)")
        #expect(try await !fixture.carillon("jobs", "list").text.contains("not parked"))
        // One whose own task is missing is in the table.
        #expect(try await fixture.carillon("jobs", "edit", "backup", "--task", "reprot").status == 0)
        let parked = try await fixture.carillon("jobs", "list", "--parked")
        #expect(parked.output.count == 2 && parked.output.last?.hasPrefix("backup ") == true, "\(parked)")
    }

    @Test("An occurrence that found its place held by such a run says so")
    func held() async throws {
        let start = Instant(.now).advanced(byMicroseconds: -3_600_000_000)
        var definition = try misspelt().definition
        definition.trigger = try .interval(seconds: 3600, start: start.date, in: .utc)
        let fixture = try await fixture([NewJob(id: JobID("backup"), definition: definition, added: start)])
        func pass(_ time: Instant, _ ends: [Completion] = []) async throws -> StorePass.Result {
            var pass = StorePass(now: time, node: try NodeID("n1"), tasks: [TaskName("shell")])
            pass.completions = ends
            return try await pass.run(on: fixture.store)
        }
        let run = try #require(try await pass(start).taken.first)
        let later = start.advanced(byMicroseconds: 3_600_000_000)
        let end = Completion(run: run.id, fence: run.fence, finished: start, result: .ended(.failed))
        _ = try await pass(start, [end])
        _ = try await pass(later)
        let why = try await fixture.carillon("runs", "why", "backup", later.formatted(in: .utc))
        #expect(why.output.first?.contains(": skipped(instanceLimit), that is,") == true, "\(why)")
        let words = "is ready and waits for a node that has the task 'shel'; did you mean 'shell'?"
        #expect(why.output.last?.contains("/onFailure'") == true && why.output.last?.hasSuffix(words) == true, "\(why)")
    }

    /// Where no node lives, all runs wait.
    @Test("Tasks that nodes had before, and those of every server, are not missed while no node lives")
    func nobody() async throws {
        let fixture = try await StoreFixture([try misspelt(), try StoreFixture.job("plain")])
        #expect(try await fixture.carillon("jobs", "run", "plain").status == 0)
        let show = try await fixture.carillon("jobs", "show", "plain")
        #expect(!show.text.contains("parked") && !show.text.contains("waits"), "\(show)")
        let doctor = try await fixture.carillon("doctor")
        #expect(doctor.text.contains("'backup': its task for failed runs waits") && !doctor.text.contains("runs: "))
    }
}
#endif
