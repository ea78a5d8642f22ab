#if Command
import Carillon
import CarillonSQL
import CarillonSQLite
import CarillonTriggers
import Foundation
import Testing

@Suite("Moving everything from one store to another by the command", .fewAtOnce)
struct MigrateCommandTests {
    private static func fixture() async throws -> StoreFixture {
        let fixture = try await StoreFixture([
            try StoreFixture.job("backup"), try StoreFixture.job("failing"),
            try StoreFixture.job("paused", tags: ["night"], isPaused: true),
        ])
        for _ in 0..<3 { _ = try await fixture.run("backup", .succeeded, log: "well\n") }
        _ = try await fixture.run("failing", .failed, error: "exit status 3")
        return fixture
    }

    private static func listings(_ folder: String, _ store: String) async throws -> [[String]] {
        var outputs: [[String]] = []
        for words in [["runs", "list"], ["jobs", "export"], ["jobs", "list"]] {
            let json = words == ["jobs", "export"] ? [] : ["--json"]
            let run = try await CommandRun.carillon(words + json + ["--store", store])
            #expect(run.status == 0, "\(run)")
            outputs.append(run.output)
        }
        return outputs
    }

    @Test("Jobs and history are moved to a file that is made, and are the same there")
    func moved() async throws {
        let fixture = try await Self.fixture()
        let (source, target) = ("sqlite:///\(fixture.folder)/jobs.sqlite", "sqlite:///\(fixture.folder)/new.sqlite")
        let planned = try await fixture.carillon("migrate", "--from", source, "--to", target, "--dry-run")
        #expect(planned.status == 0 && planned.text.contains("3 jobs, 4 runs, no reasons would be moved"), "\(planned)")
        #expect(!FileManager.default.fileExists(atPath: "\(fixture.folder)/new.sqlite"))
        let run = try await fixture.carillon("migrate", "--from", source, "--to", target)
        #expect(run.status == 0 && run.errors.isEmpty, "\(run)")
        #expect(run.output.first?.hasPrefix("Moved \(source) to \(target) in ") == true, "\(run)")
        #expect(
            run.output.dropFirst(2).map { String($0.prefix(10)) }.map { $0.split(separator: " ")[0] } == [
                "jobs", "runs", "reasons",
            ])
        #expect(try await Self.listings(fixture.folder, source) == Self.listings(fixture.folder, target))
        let again = try await fixture.carillon("migrate", "--from", source, "--to", target)
        #expect(again.status == 0 && again.text.contains("Nothing to do: all of"), "\(again)")
        let later = try await fixture.carillon("migrate", "--from", source, "--to", target, "--dry-run")
        #expect(later.status == 0 && later.text.contains("was moved to"), "\(later)")
    }

    @Test("Programs get what was moved as JSON")
    func json() async throws {
        let fixture = try await Self.fixture()
        let words = ["migrate", "--from", "default", "--to", "sqlite:///\(fixture.folder)/new.sqlite"]
        let plan = try #require(try await fixture.json(words + ["--dry-run"]) as? [String: Any])
        #expect(plan["dry_run"] as? Bool == true)
        #expect((plan["source"] as? [String: Int]) == ["jobs": 3, "runs": 4, "reasons": 0])
        let answer = try #require(try await fixture.json(words) as? [String: Any])
        #expect(answer["result"] as? String == "moved" && answer["dry_run"] as? Bool == false)
        let runs = try #require(answer["runs"] as? [String: Any])
        #expect(runs["count"] as? Int == 4 && runs["written"] as? Int == 4)
        #expect((runs["checksum"] as? String)?.count == 16)
        #expect((answer["left"] as? [String: Any])?["unreadable"] as? Int == 0)
        let again = try #require(try await fixture.json(words) as? [String: Any])
        #expect(again["result"] as? String == "unchanged")
    }

    @Test("A store that is served is neither source nor target, and a served one goes on at the target")
    func served() async throws {
        let fixture = try await Self.fixture()
        let folder = fixture.folder
        let (source, target) = ("sqlite:///\(folder)/jobs.sqlite", "sqlite:///\(folder)/new.sqlite")
        _ = try await fixture.carillon(
            "jobs", "add", "often", "--every", "1s", "--", "true")
        let words = ["migrate", "--from", source, "--to", target]
        let (served, stopped) = try await ServedProcess.onThread {
            let server = try ServedProcess("--store", source, variables: ["STATE_DIRECTORY": folder])
            _ = server.lines(through: "succeeded")
            return (try CommandRun.waitingForCarillon(words), server.end(SIGTERM))
        }
        #expect(served.status == 1 && stopped == 0, "\(served)")
        #expect(served.error.contains("the source \(source) is being served by '"), "\(served)")
        #expect(served.error.contains("its lease ends "), "\(served)")
        let moved = try await CommandRun.carillon(words)
        #expect(moved.status == 0, "\(moved)")
        #expect(try await Self.listings(folder, source) == Self.listings(folder, target))
        let other = try await StoreFixture([try StoreFixture.job("x")])
        let (line, taken) = try await ServedProcess.onThread {
            let server = try ServedProcess("--store", target, variables: ["STATE_DIRECTORY": folder])
            let line = server.lines(through: "succeeded").last ?? ""
            let taken = try CommandRun.waitingForCarillon(
                ["migrate", "--from", "sqlite:///\(other.folder)/jobs.sqlite", "--to", target])
            _ = server.end(SIGTERM)
            return (line, taken)
        }
        #expect(line.contains("often"), "\(line)")
        #expect(taken.status == 1 && taken.error.contains("the target \(target) is being served by"), "\(taken)")
        let changed = try await CommandRun.carillon(words)
        #expect(changed.status == 1 && changed.error.contains("one of them has changed since"), "\(changed)")
    }

    @Test("What cannot be used as source or target is refused with its reason")
    func refusals() async throws {
        let fixture = try await Self.fixture()
        let folder = fixture.folder
        let source = "sqlite:///\(folder)/jobs.sqlite"
        try "This is a letter. ".write(toFile: "\(folder)/letter", atomically: true, encoding: .utf8)
        let future = SQLMigration.all + [SQLMigration("from the future") { _ in [] }]
        await (try SQLiteJobStore(path: "\(folder)/newer.sqlite", migrations: future, settings: [])).close()
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder)/link.sqlite", withDestinationPath: "\(folder)/jobs.sqlite")
        try FileManager.default.linkItem(atPath: "\(folder)/jobs.sqlite", toPath: "\(folder)/hard.sqlite")
        let other = try await StoreFixture([try StoreFixture.job("x")])
        let cases: [(from: String, to: String, status: Int32, words: String)] = [
            (source, source, 64, "--from and --to are one store"),
            (source, "sqlite:///\(folder)/./jobs.sqlite", 64, "--from and --to are one store"),
            (source, "sqlite:///\(folder)/link.sqlite", 64, "--from and --to are one store"),
            (source, "sqlite:///\(folder)/hard.sqlite", 64, "--from and --to are one store"),
            (source, "sqlite:///\(other.folder)/jobs.sqlite", 1, "holds 1 job, no runs, no reasons"),
            (source, "sqlite:///\(folder)/letter", 69, "not an SQLite database"),
            (source, "sqlite:///\(folder)/newer.sqlite", 69, "written by a newer version"),
            (source, "sqlite:///\(folder)/none/new.sqlite", 66, "there is no folder \(folder)/none"),
            (source, "sqlite:///\(folder)", 66, "is a folder"),
            (source, "memory:", 64, "is the memory of the process that has it"),
            (source, "archive", 64, "--to: 'archive' is neither an address nor an alias"),
            (source, "./new.sqlite", 64, "a file is sqlite:///./new.sqlite"),
            (source, "mongodb://localhost/d", 69, "is not available in this version"),
            (source, "", 64, "--to: is empty"),
            ("sqlite:///\(folder)/no.sqlite", "sqlite:///\(folder)/new.sqlite", 66, "there is no job store"),
            ("sqlite:///\(folder)/newer.sqlite", "sqlite:///\(folder)/new.sqlite", 69, "written by a newer version"),
            ("sqlite:///\(folder)/letter", "sqlite:///\(folder)/new.sqlite", 69, "not an SQLite database"),
        ]
        for (from, to, status, words) in cases {
            let run = try await CommandRun.carillon(["migrate", "--from", from, "--to", to])
            #expect(run.status == status && run.error.contains(words), "\(from) \(to): \(run)")
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/new.sqlite"), "\(from) \(to)")
        }
    }

    @Test("What cannot be read is counted and named, and the rest is moved")
    func unreadable() async throws {
        let fixture = try await Self.fixture()
        await fixture.store.close()
        let source = "\(fixture.folder)/jobs.sqlite"
        let damage = ["UPDATE carillon_definitions SET trigger_json = 'x' WHERE generation = 1"]
        await (try SQLiteJobStore(path: source, settings: damage)).close()
        let run = try await CommandRun.carillon(
            ["migrate", "--from", "sqlite:///\(source)", "--to", "sqlite:///\(fixture.folder)/new.sqlite"])
        #expect(run.status == 1, "\(run)")
        #expect(run.error.contains("Warning: job 'backup' cannot be read"), "\(run)")
        #expect(run.error.contains("all is moved but 1 that cannot be read"), "\(run)")
    }
}
#endif
