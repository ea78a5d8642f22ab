#if Command
import Carillon
import CarillonSQLite
import CarillonTriggers
import Foundation
import Testing

@Suite("How much of a configuration commands read", .fewAtOnce)
struct ConfigurationOfCommandsTests {
    private static let commands = [
        ["jobs", "list"], ["jobs", "show", "a"], ["jobs", "pause", "a"], ["runs", "list"], ["tasks"], ["nodes"],
        ["jobs", "export"], ["jobs", "edit", "a", "--priority", "2"],
    ]

    @Test(
        "What works on the store alone needs neither the jobs of the configuration nor its server's settings",
        arguments: commands)
    func storeAlone(command: [String]) async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        let config = try Self.write(
            """
            jobstores:
              default: sqlite:///\(fixture.folder)/jobs.sqlite
              other: postgresql://user:${NOT_SET_1}@db.example.org/jobs
            job_defaults: {timeout: "${NOT_SET_2}"}
            api: {auth: "admin:${NOT_SET_3}"}
            log: {level: "${NOT_SET_4}"}
            jobs: [{id: x, command: "curl -u ${NOT_SET_5} https://example.org", cron: "no cron"}]
            """, fixture)
        let run = try await CommandRun.carillon(command + ["--config", config])
        #expect(run.status == 0, "\(run)")
    }

    @Test("The store that is meant is needed, and so are the defaults of a job that is added")
    func needed() async throws {
        let fixture = try await StoreFixture()
        let config = try Self.write(
            """
            jobstores: {default: "sqlite:///\(fixture.folder)/jobs.sqlite", other: "sqlite:///${NOT_SET}"}
            job_defaults: {priority: x}
            """, fixture)
        let other = try await CommandRun.carillon(["jobs", "list", "--config", config, "--store", "other"])
        #expect(other.status == 78 && other.error.contains("'NOT_SET' is not set"), "\(other)")
        let adding = try await CommandRun.carillon(
            ["jobs", "add", "a", "--every", "1h", "--config", config, "--", "true"])
        #expect(adding.status == 78 && adding.error.contains("job_defaults.priority"), "\(adding)")
    }

    @Test("doctor checks a configuration without a store: status 0 where it is right")
    func configurationAlone() async throws {
        let folder = try TemporaryFolder()
        let right = try folder.write(
            "{state: nowhere, allowed_hosts: [elsewhere.invalid], jobs: [{id: a, command: x}]}", to: "right.yaml")
        let wrong = try folder.write("jobs: [{id: a, func: shel}]", to: "wrong.yaml")
        let alone = try await CommandRun.carillon(["doctor", "--no-store", "--config", right])
        #expect(alone.status == 0 && !alone.text.contains("store:"), "\(alone)")
        #expect(alone.output.contains { $0.hasPrefix("warning  configuration: allowed_hosts:") }, "\(alone)")
        let bad = try await CommandRun.carillon(["doctor", "--no-store", "--config", wrong])
        #expect(bad.status == 1 && bad.text.contains("no task 'shel' is registered"), "\(bad)")
        let both = try await CommandRun.carillon(["doctor", "--no-store", "--store", "memory:"])
        #expect(both.status == 64, "\(both)")
    }

    @Test("A store that is not there is a warning where a configuration is named, and an error where a store is")
    func noStoreYet() async throws {
        let folder = try TemporaryFolder()
        let config = try folder.write("{state: state, jobs: [{id: a, command: x}]}", to: "c.yaml")
        let run = try await CommandRun.carillon(["doctor", "--config", config])
        #expect(run.status == 0, "\(run)")
        #expect(run.output.contains { $0.hasPrefix("warning  store: there is no job store") }, "\(run)")
        #expect(run.output.contains("ok       configuration: \(config) is right"), "\(run)")
        let named = try await CommandRun.carillon(
            ["doctor", "--config", config, "--store", "sqlite:///\(folder.path)/other.sqlite"])
        #expect(named.status == 1, "\(named)")
    }

    private static func write(_ text: String, _ fixture: StoreFixture) throws -> String {
        try text.write(toFile: "\(fixture.folder)/c.yaml", atomically: true, encoding: .utf8)
        return "\(fixture.folder)/c.yaml"
    }
}

@Suite("carillon doctor does not contradict itself", .fewAtOnce)
struct DoctorContradictionTests {
    @Test(
        "A damaged file is told of, and not said to be well besides",
        arguments: ["carillon_past_runs", "carillon_jobs"])
    func damaged(table: String) async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        let copy = "\(fixture.folder)/copy.sqlite"
        #expect(try await fixture.carillon("backup", copy).status == 0)
        // The root page of a table is overwritten.
        let page = try #require(try Self.rootPage(of: table, in: copy))
        let file = try #require(FileHandle(forWritingAtPath: copy))
        try file.seek(toOffset: UInt64(4096 * (page - 1)))
        try file.write(contentsOf: Data(repeating: 0xFF, count: 4096))
        try file.close()
        let run = try await CommandRun.carillon(["doctor", "--store", "sqlite:///\(copy)"])
        #expect(run.status == 1 && run.output.first?.contains("is damaged") == true, "\(run)")
        for subject in ["store", "writing"] {
            #expect(!run.output.contains { $0.hasPrefix("ok       \(subject):") }, "\(run)")
        }
    }

    private static func rootPage(of table: String, in path: String) throws -> Int? {
        let shell = Process()
        let output = Pipe()
        shell.executableURL = URL(filePath: "/usr/bin/env")
        shell.arguments = [
            "python3", "-c",
            "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("
                + "'SELECT rootpage FROM sqlite_master WHERE name = ?', (sys.argv[2],)).fetchone()[0])", path, table,
        ]
        shell.standardOutput = output
        try shell.run()
        let text = String(decoding: try output.fileHandleForReading.rest(), as: UTF8.self)
        shell.waitUntilExit()
        return Int(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    private static let canMount = geteuid() == 0 && FileManager.default.isExecutableFile(atPath: "/usr/bin/unshare")

    @Test(
        "A store on a full disk cannot be written, though its log is there", .enabled(if: canMount, "only root mounts"))
    func full() async throws {
        let fixture = try await StoreFixture()
        let disk = "\(fixture.folder)/disk"
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
        // A server keeps the log open.
        let script = """
            mount -t tmpfs -o size=2m none \(disk) || exit 99
            export STATE_DIRECTORY=\(disk)
            "$1" serve >/dev/null 2>&1 & server=$!
            for i in $(seq 1 600); do "$1" nodes 2>/dev/null | grep -q alive && break; sleep 0.1; done
            yes > \(disk)/rest 2>/dev/null
            "$@"; status=$?; kill $server; wait $server; exit $status
            """
        let run = try await CommandRun.carillon(
            ["doctor"], launcher: ["/usr/bin/unshare", "-m", "/bin/sh", "-c", script, "sh"])
        #expect(run.status == 1, "\(run)")
        #expect(run.output.contains { $0.hasPrefix("error    room:") }, "\(run)")
        #expect(!run.output.contains { $0.hasPrefix("ok       writing:") }, "\(run)")
    }
}
#endif
