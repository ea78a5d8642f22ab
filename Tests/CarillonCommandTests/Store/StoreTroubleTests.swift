#if Command
import Carillon
import CarillonSQL
import CarillonSQLite
import CarillonTriggers
import Foundation
import Testing

@Suite("Stores that are not as they should be, copies, and the other commands", .fewAtOnce)
struct StoreTroubleTests {
    private static let commands = [
        ["jobs", "list"], ["jobs", "show", "a"], ["jobs", "run", "a"], ["runs", "list"], ["nodes"], ["tasks"],
        ["backup", "/tmp/never-written.sqlite"], ["jobs", "export"],
    ]

    @Test("Without a store there is an error that says what to do, and none is made", arguments: commands)
    func missing(command: [String]) async throws {
        let folder = try TemporaryFolder()
        let run = try await CommandRun.carillon(command, variables: ["STATE_DIRECTORY": folder.path])
        #expect(run.status == 66, "\(run)")
        #expect(run.error.contains("there is no job store \(folder.path)/jobs.sqlite"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test("The memory of another process is no empty store", arguments: ["sqlite:///", "sqlite://", "memory:"])
    func memory(address: String) async throws {
        let adding = ["jobs", "add", "a", "--every", "1h", "--", "true"]
        for command in [["jobs", "list"], ["runs", "list"], ["tasks"], adding] {
            var words = command
            words.insert(contentsOf: ["--store", address], at: command.firstIndex(of: "--") ?? command.count)
            let run = try await CommandRun.carillon(words)
            #expect(run.status == 64 && run.output.isEmpty, "\(run)")
            #expect(run.errors.joined().contains("is the memory of the process that has it"), "\(run)")
        }
    }

    @Test("A file that is no database is told, and stays as it is")
    func noDatabase() async throws {
        let folder = try TemporaryFolder()
        let text = String(repeating: "This is a letter. ", count: 100)
        let path = try folder.write(text, to: "letter")
        let run = try await CommandRun.carillon(["jobs", "list", "--store", "sqlite:///\(path)"])
        #expect(run.status == 69, "\(run)")
        #expect(run.error.contains("not an SQLite database"))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
        let fixture = try await StoreFixture()
        let backup = try await fixture.carillon("backup", path)
        #expect(backup.status == 1)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    }

    @Test("A database of a newer version is told")
    func newer() async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/jobs.sqlite"
        let future = SQLMigration.all + [SQLMigration("from the future") { _ in [] }]
        await (try SQLiteJobStore(path: path, migrations: future, settings: [])).close()
        let run = try await CommandRun.carillon(["jobs", "list"], variables: ["STATE_DIRECTORY": folder.path])
        #expect(run.status == 69, "\(run)")
        #expect(run.error.contains("written by a newer version"))
    }

    @Test("A store that cannot be written is told", .enabled(if: geteuid() != 0, "root writes everywhere"))
    func readOnly() async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o400], ofItemAtPath: "\(fixture.folder)/jobs.sqlite")
        let run = try await fixture.carillon("jobs", "run", "a")
        #expect(run.status == 69, "\(run)")
    }

    @Test("Exported jobs come back as they were; nothing is imported where an id is taken or the file is wrong")
    func export() async throws {
        let fixture = try await StoreFixture([
            try StoreFixture.job("a", tags: ["x"]), try StoreFixture.job("b", isPaused: true),
        ])
        let file = "\(fixture.folder)/export.json"
        #expect(try await fixture.carillon("jobs", "export", file).status == 0)
        let other = try await StoreFixture([try StoreFixture.job("b")])
        let taken = try await other.carillon("jobs", "import", file)
        #expect(taken.status == 1)
        #expect(taken.error.contains("there is a job 'b' already"))
        #expect(try await other.store.jobs(JobFilter(), page: Page()).count == 1)
        #expect(try await other.carillon("jobs", "remove", "b").status == 0)
        let dry = try await other.carillon("jobs", "import", file, "--dry-run")
        #expect(dry.output == ["Would be: 2 added"])
        #expect(try await other.carillon("jobs", "import", file).output == ["2 added"])
        let again = try await other.carillon("jobs", "import", file, "--if-exists", "replace")
        #expect(again.output == ["2 unchanged"])
        for id in ["a", "b"] {
            let here = try await fixture.store.snapshot(JobID(id), at: Instant(.now)).job
            let there = try await other.store.snapshot(JobID(id), at: Instant(.now)).job
            #expect(here.definition == there.definition)
            #expect((here.state == .active) == (there.state == .active))
        }
        let wrong = try await other.carillon(
            "jobs", "import", "-", input: #"{"carillon": 1, "jobs": [{"id": "c", "tsk": "x"}]}"#)
        #expect(wrong.status == 65, "\(wrong)")
        #expect(wrong.error.contains("jobs[0]"))
        #expect(
            try await fixture.carillon("jobs", "export").text
                == String(contentsOfFile: file, encoding: .utf8).dropLast())
    }

    @Test("A copy is a store")
    func backup() async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        let copy = "\(fixture.folder)/copy.sqlite"
        for _ in 1...2 {
            let run = try await fixture.carillon("backup", copy)
            #expect(run.status == 0, "\(run)")
        }
        let listed = try await CommandRun.carillon(["jobs", "show", "a", "--store", "sqlite:///\(copy)"])
        #expect(listed.status == 0, "\(listed)")
    }

    @Test("Nodes, tasks and the doctor tell of nodes and of what is parked, and leave none behind")
    func nodes() async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        #expect(try await fixture.carillon("nodes").output == ["No node shares this store: nobody runs its jobs."])
        let tasks = try #require(try await fixture.json("tasks") as? [[String: Any]])
        #expect(tasks.compactMap { $0["name"] as? String } == ["shell"])
        #expect(tasks.first?["parked"] as? Bool == false)
        let report = NodeReport(
            id: try NodeID("n1"), host: "h", process: 7, processStart: 0, tasks: [TaskName("shell")])
        _ = try await fixture.store.heartbeat(report)
        let nodes = try #require(try await fixture.json("nodes") as? [[String: Any]])
        #expect(nodes.compactMap { $0["id"] as? String } == ["n1"])
        #expect(nodes.first?["state"] as? String == "alive")
        #expect(nodes.first?["tasks"] as? [String] == ["shell"])
        #expect(try await fixture.store.heartbeat(report).nodes.count == 1)
        let parked = try #require(try await fixture.json("jobs", "list", "--parked") as? [[String: Any]])
        #expect(parked.isEmpty)
        let shown = try #require(try await fixture.json("jobs", "show", "a") as? [String: Any])
        #expect(shown["parked"] as? Bool == false)
        let doctor = try await fixture.carillon("doctor")
        #expect(doctor.status == 0, "\(doctor)")
        #expect(doctor.text.contains("1 node uses the store"))
        let folder = try TemporaryFolder()
        let ill = try await CommandRun.carillon(["doctor"], variables: ["STATE_DIRECTORY": folder.path])
        #expect(ill.status == 1)
        #expect(ill.text.contains("there is no job store"))
    }

    @Test("A configuration names the store and its aliases")
    func configuration() async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        let file = "\(fixture.folder)/c.yaml"
        try """
        timezone: Asia/Tokyo
        jobstores: {night: "sqlite:///\(fixture.folder)/jobs.sqlite"}
        job_defaults: {timeout: 60}
        """.write(toFile: file, atomically: true, encoding: .utf8)
        let empty = try TemporaryFolder()
        func run(_ arguments: String...) async throws -> CommandRun {
            try await CommandRun.carillon(arguments, variables: ["STATE_DIRECTORY": empty.path])
        }
        #expect(try await run("jobs", "show", "a", "--config", file, "--store", "night").status == 0)
        #expect(try await run("jobs", "show", "a", "--config", file).status == 66)
        let added = try await run(
            "jobs", "add", "t", "-c", file, "--store", "night", "--cron", "0 9 * * *", "--", "true")
        #expect(added.text.contains("Tokyo"), "\(added)")
        let job = try await fixture.store.snapshot(JobID("t"), at: Instant(.now)).job
        #expect(job.definition.policies.timeout == .seconds(60))
    }

    @Test("A copy goes into a folder that is there", arguments: ["nowhere/copy.sqlite", "file/copy.sqlite"])
    func backupNowhere(name: String) async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        try "x".write(toFile: "\(fixture.folder)/file", atomically: true, encoding: .utf8)
        let folder = "\(fixture.folder)/\(name.split(separator: "/")[0])"
        let run = try await fixture.carillon("backup", "\(fixture.folder)/\(name)")
        #expect(run.status == 66, "\(run)")
        #expect(
            run.errors == [
                "Error: \(fixture.folder)/\(name): there is no folder \(folder); make it, or name another file"
            ])
    }
}
#endif
