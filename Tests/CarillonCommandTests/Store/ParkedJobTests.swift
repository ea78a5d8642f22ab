#if Command
import Carillon
import CarillonTriggers
import Foundation
import Testing

@Suite("Jobs of tasks that nobody has", .fewAtOnce)
struct ParkedJobTests {
    /// A store on which a node with the tasks `shell` and `report` lives, with jobs of tasks.
    private func fixture(_ tasks: [String: String], isAlive: Bool = true) async throws -> StoreFixture {
        let start = Instant(.now)
        let fixture = try await StoreFixture(
            try tasks.sorted { $0.key < $1.key }.map { id, task in
                let trigger = try Trigger.interval(seconds: 3600, in: .utc)
                return NewJob(
                    id: try JobID(id), definition: JobDefinition(task: try TaskName(task), trigger: trigger),
                    added: start)
            })
        guard isAlive else { return fixture }
        _ = try await fixture.store.heartbeat(
            NodeReport(
                id: try NodeID("n1"), host: "h", process: 7, processStart: 0,
                tasks: [TaskName("shell"), TaskName("report")]))
        return fixture
    }

    private static let wait = "for a node that has the task 'reprot'; did you mean 'report'?"

    @Test("'doctor' names all of them by their tasks, and the runs that somebody asked for")
    func doctor() async throws {
        let fixture = try await fixture(["a": "reprot", "b": "reprot", "c": "reprot", "d": "unlike-all", "e": "shell"])
        let run = try #require(try await fixture.json("jobs", "run", "b") as? [String: Any])
        let id = try #require(run["id"] as? String)
        #expect(try await fixture.carillon("jobs", "run", "e").status == 0)
        let doctor = try await fixture.carillon("doctor")
        #expect(doctor.status == 0)
        #expect(doctor.output.contains("warning  jobs: 'a', 'b', 'c' are parked: they wait \(Self.wait)"), "\(doctor)")
        #expect(
            doctor.output.contains("warning  jobs: 'd' is parked: it waits for a node that has the task 'unlike-all'"),
            "\(doctor)")
        let name = try await fixture.name(of: id)
        #expect(doctor.output.contains("warning  runs: '\(name)' is ready and waits \(Self.wait)"), "\(doctor)")
        #expect(doctor.output.count { $0.hasPrefix("warning  runs:") } == 1, "\(doctor)")
    }

    @Test("'doctor' names twenty of a task, and counts the others")
    func many() async throws {
        let ids = (0..<33).map { String(format: "j%02d", $0) }
        let fixture = try await fixture(Dictionary(uniqueKeysWithValues: ids.map { ($0, "reprot") }))
        let doctor = try await fixture.carillon("doctor")
        let names = ids.prefix(20).map { "'\($0)'" }.joined(separator: ", ")
        #expect(
            doctor.output.contains("warning  jobs: \(names) and 13 more are parked: they wait \(Self.wait)"),
            "\(doctor)")
    }

    @Test("While no node lives, 'doctor' names those whose task nobody is known to have")
    func nobody() async throws {
        let fixture = try await fixture(["a": "shel", "b": "shell"], isAlive: false)
        let doctor = try await fixture.carillon("doctor")
        let words = "warning  jobs: 'a' is parked: it waits for a node that has the task 'shel'; did you mean 'shell'?"
        #expect(doctor.output.contains(words) && !doctor.text.contains("'b'"), "\(doctor)")
    }

    /// The words of each command for a job that is parked, and for one that only waits for any server.
    @Test("While no node lives, all commands call the same jobs parked")
    func nobodyAnywhere() async throws {
        let fixture = try await fixture(["a": "shel", "b": "shell"], isAlive: false)
        let list = try #require(try await fixture.json("jobs", "list", "--parked") as? [[String: Any]])
        #expect(list.compactMap { $0["id"] as? String } == ["a"])
        for (job, isParked) in [("a", true), ("b", false)] {
            let shown = try #require(try await fixture.json("jobs", "show", job) as? [String: Any])
            #expect(shown["parked"] as? Bool == isParked)
            #expect(try await fixture.carillon("jobs", "show", job).text.contains("parked") == isParked)
            let next = try #require(shown["next_scheduled"] as? String)
            #expect(try await fixture.carillon("jobs", "run", job).errors.isEmpty != isParked)
            #expect(try await fixture.carillon("runs", "why", job, next).text.contains("'shel'") == isParked)
        }
        let tasks = try #require(try await fixture.json("tasks") as? [[String: Any]])
        #expect(tasks.compactMap { $0["name"] as? String } == ["shel", "shell"])
        #expect(tasks.compactMap { $0["parked"] as? Bool } == [true, false])
        let table = try await fixture.carillon("tasks")
        #expect(table.output.contains { $0.contains(/^shell +0$/) }, "\(table)")
    }

    @Test("'tasks' lists also those that only a task for failed runs wants")
    func tasks() async throws {
        let fixture = try await fixture(["a": "reprot", "b": "report"])
        let options = ["--on-failure", "tel", "--on-failure-arguments", "{}"]
        #expect(try await fixture.carillon(["jobs", "edit", "b"] + options).status == 0)
        let list = try await fixture.carillon("tasks")
        #expect(list.output.contains { $0.contains(/^reprot +0 +its jobs are parked$/) }, "\(list)")
        #expect(list.output.contains { $0.contains(/^tel +0 +its runs wait: only on_failure wants it$/) }, "\(list)")
        let tasks = try #require(try await fixture.json("tasks") as? [[String: Any]])
        #expect(tasks.compactMap { $0["name"] as? String } == ["report", "reprot", "shell", "tel"])
        #expect(tasks.compactMap { $0["parked"] as? Bool } == [false, true, false, true])
    }

    @Test("'jobs run' makes the run, and warns that it waits")
    func run() async throws {
        let fixture = try await fixture(["a": "reprot", "b": "report", "c": "report"])
        let parked = try await fixture.carillon("jobs", "run", "a")
        #expect(parked.status == 0 && parked.output.count == 1, "\(parked)")
        let name = try #require(parked.output.first?.split(separator: " ").dropFirst().first)
        #expect(parked.errors == ["Warning: run '\(name)' is ready and waits \(Self.wait)"], "\(parked)")
        let json = try await fixture.carillon("jobs", "run", "a", "--json")
        #expect(json.status == 0 && json.output.count == 1, "\(json)")
        // That the job is paused as well is another matter.
        #expect(try await fixture.carillon("jobs", "pause", "a").status == 0)
        let shown = try #require(try await fixture.json("jobs", "show", "a") as? [String: Any])
        #expect((shown["waiting_for_tasks"] as? [[String: String]])?.first?["task"] == "reprot")
        let plain = try await fixture.carillon("jobs", "run", "b")
        #expect(plain.status == 0 && plain.errors.isEmpty, "\(plain)")
        #expect(try await fixture.carillon("jobs", "pause", "c").status == 0)
        let paused = try await fixture.carillon("jobs", "run", "c")
        #expect(paused.status == 0 && paused.error.hasSuffix(" waits until the job is resumed"), "\(paused)")
    }

    @Test(
        "'doctor' finds in a configuration what 'serve' refuses, in the same words",
        arguments: [
            "jobs: [{id: a, func: f}]",
            "jobs: [{id: a, command: 'true', on_failure: f}, {id: b, func: g}]",
            "{job_defaults: {on_failure: f}, jobs: [{id: a, command: x}]}",
            "{executors: {slow: debug}, jobs: [{id: a, command: x, executor: slow}, {id: b, func: f, executor: slow}]}",
            "allowed_hosts: [elsewhere.invalid]",
        ])
    func configuration(text: String) async throws {
        let folder = try TemporaryFolder()
        let config = try folder.write(text, to: "in.yaml")
        let variables = ["STATE_DIRECTORY": folder.path]
        let serve = try await CommandRun.carillon(["serve", "--config", config], variables: variables)
        #expect(serve.status == 78, "\(serve)")
        let doctor = try await CommandRun.carillon(["doctor", "--config", config, "--json"], variables: variables)
        let list = try #require(try JSONSerialization.jsonObject(with: Data(doctor.text.utf8)) as? [[String: String]])
        let wrong = list.filter { $0["check"] == "configuration" && $0["result"] == "error" }
        #expect(
            wrong.compactMap { $0["text"] }.flatMap { $0.split(separator: "\n") }.map { "Error: \($0)" }
                == serve.errors,
            "\(doctor) \(serve)")
        #expect(doctor.status == 1 && !list.contains { $0["check"] == "configuration" && $0["result"] == "ok" })
    }
}
#endif
