#if Command
import Carillon
import CarillonSQL
import CarillonSQLite
import CarillonTriggers
import Foundation
import Testing

@Suite("carillon doctor", .fewAtOnce)
struct DoctorTests {
    /// What it finds, by subject: `warning`, `error` or `ok`, and its words.
    private func findings(
        _ folder: String, store: String? = nil, launcher: [String] = []
    ) async throws -> (status: Int32, [(level: String, subject: String, text: String)]) {
        let run = try await CommandRun.carillon(
            ["doctor", "--json"] + (store.map { ["--store", "sqlite:///\($0)"] } ?? []),
            variables: ["STATE_DIRECTORY": folder], launcher: launcher)
        let list = try JSONSerialization.jsonObject(with: Data(run.text.utf8)) as? [[String: String]]
        return (
            run.status,
            try #require(list).map { ($0["result"] ?? "", $0["check"] ?? "", $0["text"] ?? "") }
        )
    }

    @Test("All is well with a store that only its owner reads")
    func well() async throws {
        let fixture = try await StoreFixture()
        let (status, found) = try await findings(fixture.folder)
        #expect(status == 0)
        #expect(found.contains { $0.level == "ok" && $0.subject == "permissions" }, "\(found)")
        #expect(found.contains { $0.level == "ok" && $0.subject == "writing" }, "\(found)")
        #expect(!found.contains { $0.level == "error" }, "\(found)")
    }

    @Test("A job that falls behind is told of, with how many of its runs wait", arguments: [9, 12])
    func fallsBehind(_ waiting: Int) async throws {
        let job = try StoreFixture.job("slow")
        let fixture = try await StoreFixture([job])
        let now = Instant(.now)
        try await fixture.store.edit(job.id, at: now) { snapshot in
            var change = JobChange(job: snapshot.job)
            change.runs = (1...waiting).map { number in
                let due = now.advanced(byMicroseconds: Int64(number - 100) * 1_000_000)
                let occurrence = Occurrence(
                    job: job.id, generation: snapshot.job.generation, scheduled: due, kind: .scheduled, number: 0)
                return Run(id: Run.ID(occurrence), state: .waiting, due: due, available: due)
            }
            return change
        }
        let (_, found) = try await findings(fixture.folder)
        let told = found.filter { $0.text.contains("falls behind") }
        #expect(told.count == (waiting < 10 ? 0 : 1), "\(found)")
        #expect(told.allSatisfy { $0.level == "warning" && $0.text.hasPrefix("'slow' falls behind: 12 of its runs") })
    }

    @Test("Others may read the file: all its parts are named, as a shell reads them, and the advice helps")
    func readable() async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        let folder = "\(fixture.folder)/it's here"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let store = try await SQLiteJobStore(path: "\(folder)/jobs.sqlite")
        _ = try await store.insert([try StoreFixture.job("a")])
        for name in ["jobs.sqlite", "jobs.sqlite-wal"] {
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: "\(folder)/\(name)")
        }
        let (status, found) = try await findings(folder)
        #expect(status == 0)
        let finding = try #require(found.first { $0.subject == "permissions" })
        #expect(finding.level == "warning")
        let advice = try #require(finding.text.split(separator: "; ").last)
        #expect(advice.hasPrefix("chmod ") && advice.contains("jobs.sqlite-wal"), "\(finding)")
        let shell = try Process.run(URL(filePath: "/bin/sh"), arguments: ["-c", String(advice)])
        shell.waitUntilExit()
        let (_, after) = try await findings(folder)
        #expect(after.first { $0.subject == "permissions" }?.level == "ok", "\(after)")
        await store.close()
    }

    @Test("Nothing is to be done where the folder keeps others away")
    func closedFolder() async throws {
        let fixture = try await StoreFixture()
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o644], ofItemAtPath: "\(fixture.folder)/jobs.sqlite")
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: fixture.folder)
        let (_, found) = try await findings(fixture.folder)
        #expect(found.first { $0.subject == "permissions" }?.level == "ok", "\(found)")
    }

    @Test("What is no store gets no advice on permissions", arguments: ["letter", "folder", "empty", "none"])
    func noStore(name: String) async throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(String(repeating: "Dear Sir, ", count: 100), to: "letter")
        _ = try folder.write("", to: "empty")
        try FileManager.default.createDirectory(atPath: "\(folder.path)/folder", withIntermediateDirectories: true)
        let (status, found) = try await findings(folder.path, store: "\(folder.path)/\(name)")
        #expect(status == 1)
        #expect(!found.contains { $0.subject == "permissions" || $0.text.contains("chmod") }, "\(found)")
        let told = found.first { $0.level == "error" }
        #expect(told?.subject == "store", "\(found)")
        if name == "folder" { #expect(told?.text.contains("is a folder, and no job store") == true, "\(found)") }
    }

    @Test(
        "A state folder that cannot be made is told as such, with what is in the way and what to do",
        arguments: [
            ("file", "file is a file, where a folder is needed: move it away, or name another folder"),
            ("file/state", "file is a file, where a folder is needed: move it away, or name another folder"),
            ("link/state", "link is a link to nothing: take it away, or make what it names"),
        ]
    )
    func noFolder(name: String, words: String) async throws { try await expectNoFolder(name, words) }

    @Test(
        "A state folder that this user may not make is told as such",
        .enabled(if: UnwritableStore.isPossible, "root writes everywhere, and there is no setpriv"),
        arguments: [
            ("closed/state", "closed: chmod u+w "), ("closed", "closed: chmod u+w "),
            ("closed/a/b", "this user cannot write "),
        ]
    )
    func closedFolder(name: String, words: String) async throws { try await expectNoFolder(name, words) }

    private func expectNoFolder(_ name: String, _ words: String) async throws {
        let folder = try TemporaryFolder()
        let files = FileManager.default
        _ = try folder.write("", to: "file")
        try files.createSymbolicLink(atPath: "\(folder.path)/link", withDestinationPath: "\(folder.path)/nowhere")
        try files.createDirectory(
            atPath: "\(folder.path)/closed", withIntermediateDirectories: false, attributes: [.posixPermissions: 0o500])
        defer { try? files.setAttributes([.posixPermissions: 0o700], ofItemAtPath: "\(folder.path)/closed") }
        let (status, found) = try await findings("\(folder.path)/\(name)", launcher: UnwritableStore.launcher)
        #expect(status == 1)
        let told = try #require(found.first { $0.level == "error" })
        #expect(told.subject == "store", "\(told)")
        #expect(
            told.text.hasPrefix("there is no job store \(folder.path)/\(name)/jobs.sqlite, and none can be made: "),
            "\(told)")
        #expect(told.text.contains(words), "\(told)")
        let list = try await CommandRun.carillon(
            ["jobs", "list"], variables: ["STATE_DIRECTORY": "\(folder.path)/\(name)"],
            launcher: UnwritableStore.launcher)
        #expect(list.status == 66 && list.error.contains(words), "\(list)")
        // Who serves has to make it.
        guard name != "closed" else { return }
        let served = try await CommandRun.carillon(
            ["serve"], variables: ["STATE_DIRECTORY": "\(folder.path)/\(name)"], launcher: UnwritableStore.launcher)
        #expect(served.status == 69, "\(served)")
        #expect(
            served.error.hasPrefix("Error: the folder \(folder.path)/\(name) cannot be made: ")
                && served.error.contains(words), "\(served)")
    }

    @Test("Memory is nobody's to look into", arguments: ["memory:", "memory://", "sqlite:///", "sqlite://", "disk"])
    func memory(address: String) async throws {
        let folder = try TemporaryFolder()
        let config = try folder.write("jobstores: {disk: memory}", to: "c.yaml")
        let run = try await CommandRun.carillon(["doctor", "--config", config, "--store", address])
        #expect(run.status == 64, "\(run)")
        #expect(run.error.contains("is the memory of the process that has it, which no other can look into"), "\(run)")
    }

    @Test("A configuration whose store is memory is looked at as far as there is something to look at")
    func memoryOfConfiguration() async throws {
        let folder = try TemporaryFolder()
        let config = try folder.write("jobstores: {default: memory}", to: "c.yaml")
        let run = try await CommandRun.carillon(["doctor", "--config", config])
        #expect(run.status == 0, "\(run)")
        #expect(run.output.contains { $0.hasPrefix("warning  store: memory: is the memory of the process") }, "\(run)")
        #expect(run.output.contains { $0.hasPrefix("ok       configuration: ") }, "\(run)")
        let subjects = run.output.filter { $0.first != " " }.compactMap { $0.split(separator: " ").dropFirst().first }
        #expect(Set(subjects) == ["zones:", "store:", "configuration:"], "\(run)")
    }

    @Test("Several configurations are looked at together, as 'serve' takes them")
    func severalConfigurations() async throws {
        let fixture = try await StoreFixture()
        let folder = try TemporaryFolder()
        let first = try folder.write("jobs: [{id: a, func: shel}]", to: "a.yaml")
        let right = try folder.write("jobs: [{id: a, command: x}]", to: "right.yaml")
        let second = try folder.write("jobs: [{id: b, command: x}]", to: "b.yaml")
        let wrong = try await fixture.carillon("doctor", "--config", first, "--config", second)
        #expect(wrong.status == 1, "\(wrong)")
        #expect(wrong.text.contains("configuration: \(first):1:16: job 'a': no task 'shel' is registered"), "\(wrong)")
        let well = try await fixture.carillon("doctor", "--config", right, "--config", second)
        #expect(well.output.contains("ok       configuration: \(right) and \(second) are right"), "\(well)")
        let twice = try await fixture.carillon("doctor", "--config", right, "--config", first)
        #expect(twice.text.contains("'a' is the id of the job in \(right), line 1, already"), "\(twice)")
    }

    @Test("Jobs whose executor the configuration does not have are told of, five at most, where one is named")
    func executors() async throws {
        let jobs = try (1...7).map { number in
            var definition = try StoreFixture.job("j\(number)").definition
            definition.executor = number == 1 ? "slow" : "slwo"
            return NewJob(id: try JobID("j\(number)"), definition: definition, added: Instant(.now))
        }
        let fixture = try await StoreFixture(jobs + [try StoreFixture.job("plain")])
        let folder = try TemporaryFolder()
        let config = try folder.write("executors: {slow: debug}", to: "c.yaml")
        let state = try folder.write("state_directory: \(fixture.folder)", to: "state.yaml")
        #expect(try await !fixture.carillon("doctor").text.contains("executor"))
        let run = try await fixture.carillon("doctor", "--config", config, "--config", state)
        let told = run.output.filter { $0.contains("executor") }
        #expect(run.status == 0 && told.count == 6, "\(run)")
        let words =
            "the runs of job 'j2' wait for a server that has the executor 'slwo'; did you mean 'slow'? "
            + "The configuration has default, slow"
        #expect(told.first == "warning  jobs: \(words)", "\(run)")
        let last = "and 1 job more waits for an executor that the configuration does not have"
        #expect(told.last == "warning  jobs: \(last)", "\(run)")
    }

    @Test("A database of a newer version is told as such")
    func newer() async throws {
        let folder = try TemporaryFolder()
        let future = SQLMigration.all + [SQLMigration("from the future") { _ in [] }]
        await (try SQLiteJobStore(path: "\(folder.path)/jobs.sqlite", migrations: future, settings: [])).close()
        let (status, found) = try await findings(folder.path)
        #expect(status == 1)
        let schema = found.first { $0.subject == "schema" }
        #expect(schema?.level == "error" && schema?.text.contains("newer version") == true, "\(found)")
    }

    @Test("A store that another program keeps locked is told as such")
    func locked() async throws {
        let fixture = try await StoreFixture()
        let holder = try await SQLiteJobStore(
            path: "\(fixture.folder)/jobs.sqlite", migrations: SQLMigration.all, settings: ["BEGIN IMMEDIATE"])
        let (status, found) = try await findings(fixture.folder)
        #expect(status == 1)
        let writing = found.first { $0.subject == "writing" }
        #expect(writing?.level == "error" && writing?.text.contains("locked by another program") == true, "\(found)")
        // What needs attention is not to be looked for.
        let levels = found.map(\.level)
        #expect(levels.first == "error" && levels.contains("warning"), "\(found)")
        #expect(levels == ["error", "warning", "ok"].flatMap { level in levels.filter { $0 == level } }, "\(found)")
        await holder.close()
    }

    private static let canMount = geteuid() == 0 && FileManager.default.isExecutableFile(atPath: "/usr/bin/unshare")

    @Test("A disk that is full is told as such", .enabled(if: canMount, "only root makes a small disk"))
    func full() async throws {
        let fixture = try await StoreFixture()
        let disk = "\(fixture.folder)/disk"
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
        // In a mount namespace of its own, so that nothing is left.
        let script = """
            mount -t tmpfs -o size=1m none \(disk) || exit 99
            cp \(fixture.folder)/jobs.sqlite \(disk)/; yes > \(disk)/rest 2>/dev/null; exec "$@"
            """
        let (status, found) = try await findings(
            disk, launcher: ["/usr/bin/unshare", "-m", "/bin/sh", "-c", script, "sh"])
        #expect(status == 1)
        #expect(found.contains { $0.level == "error" && $0.subject == "room" }, "\(found)")
    }
}
#endif
