#if Command
import Carillon
import Foundation
import Testing

@Suite(
    "A store that cannot be written", .fewAtOnce,
    .enabled(if: UnwritableStore.isPossible, "root writes everywhere, and there is no setpriv"))
struct UnwritableStoreTests {
    @Test("Can be looked at, and nothing is left beside it", arguments: [UnwritableStore.State.closed, .used])
    func looking(state: UnwritableStore.State) async throws {
        let store = try await UnwritableStore(state)
        let before = try FileManager.default.contentsOfDirectory(atPath: store.folder).sorted()
        let commands: [([String], String)] = [
            (["jobs", "list"], "\nb"), (["jobs", "show", "b"], "id"), (["jobs", "export"], #""id":"b""#),
            (["jobs", "list", "--parked"], "There are no such jobs."), (["runs", "list"], "succeeded"),
            (["runs", "show", store.run.id.description], "hello"),
            (["runs", "why", "b", "2020-01-01T12:00"], "added later"),
            (["nodes"], "No node shares this store"), (["tasks"], "shell"), (["doctor"], "this user cannot write it"),
        ]
        for (command, words) in commands {
            let run = try await store.carillon(command)
            #expect(run.status == 0, "\(command): \(run)")
            #expect(run.text.contains(words), "\(command): \(run)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: store.folder).sorted() == before)
    }

    @Test(
        "The doctor knows what can be done, and what is in the way",
        arguments: [
            (UnwritableStore.State.closed, [".", ""], "ok", "the store can be written"),
            (.closed, ["."], "warning", "<>: this user cannot write it, and SQLite needs a log beside the file"),
            (.closed, ["jobs.sqlite"], "warning", "<>/jobs.sqlite: this user cannot write it"),
            (.used, ["."], "warning", "<>: this user cannot write it, so the store can be written only while its log"),
            (.used, ["jobs.sqlite"], "warning", "<>/jobs.sqlite: this user cannot write it"),
            (.used, ["jobs.sqlite-wal"], "warning", "<>/jobs.sqlite-wal: this user cannot write it"),
            (.used, ["jobs.sqlite-shm"], "warning", "<>/jobs.sqlite-shm: this user cannot write it"),
            (.killed, ["jobs.sqlite-wal"], "warning", "<>/jobs.sqlite-wal: this user cannot write it"),
        ]
    )
    func doctor(state: UnwritableStore.State, forbidden: [String], level: String, words: String) async throws {
        let store = try await UnwritableStore(state)
        try store.forbidWriting(forbidden.contains("") ? [] : Set(forbidden))
        let expected = words.replacing("<>", with: store.folder)
        let run = try await store.carillon(["doctor"])
        let lines = run.output.filter { $0.hasPrefix(level) && $0.contains(expected) }
        #expect(run.status == 0 && lines.count == 1, "\(run)")
        let pausing = try await store.carillon(["jobs", "pause", "a"])
        let says = run.output.contains { $0.hasPrefix("ok       writing") }
        #expect((pausing.status == 0) == says, "\(run) \(pausing)")
        // What is advised helps.
        guard level == "warning", let advice = lines.first?.split(separator: "; ").last else { return }
        #expect(advice.hasPrefix("chmod u+w "), "\(run)")
        let shell = try Process.run(URL(filePath: "/bin/sh"), arguments: ["-c", String(advice)])
        shell.waitUntilExit()
        let after = try await store.carillon(["doctor"])
        #expect(after.status == 0 && !after.text.contains("cannot write"), "\(after)")
    }

    @Test("Can be copied, and the copy is a store", arguments: [UnwritableStore.State.closed, .used])
    func backup(state: UnwritableStore.State) async throws {
        let store = try await UnwritableStore(state)
        let folder = try TemporaryFolder()
        let run = try await store.carillon(["backup", "\(folder.path)/copy.sqlite"])
        #expect(run.status == 0, "\(run)")
        let copy = "sqlite:///\(folder.path)/copy.sqlite"
        #expect(try await CommandRun.carillon(["jobs", "pause", "b", "--store", copy]).status == 0)
    }

    @Test(
        "Refuses what would change it",
        arguments: [
            ["jobs", "add", "c", "--every", "1h", "--", "true"], ["jobs", "edit", "a", "--priority", "3"],
            ["jobs", "pause", "a"], ["jobs", "run", "a"], ["jobs", "remove", "a"],
        ]
    )
    func changing(command: [String]) async throws {
        for state in [UnwritableStore.State.closed, .used] {
            let store = try await UnwritableStore(state)
            let run = try await store.carillon(command)
            #expect(run.status == 69, "\(run)")
            #expect(run.error.contains("cannot be written; check the permissions"), "\(run)")
        }
    }

    @Test(
        "With a log that SQLite cannot read there is an error that says what to do",
        arguments: [["jobs", "list"], ["doctor"]])
    func killed(command: [String]) async throws {
        let store = try await UnwritableStore(.killed)
        let run = try await store.carillon(command)
        #expect(run.status == (command == ["doctor"] ? 1 : 69), "\(run)")
        #expect((run.text + run.error).contains("has a log, \(store.folder)/jobs.sqlite-wal"), "\(run)")
        try store.setPermissions(file: 0o600, folder: 0o700)
        #expect(try await store.carillon(["jobs", "show", "b"]).status == 0)
    }

    @Test(
        "What cannot even be read is told",
        arguments: [["jobs", "list"], ["jobs", "run", "a"], ["backup", "/tmp/never"]])
    func unreadable(command: [String]) async throws {
        let store = try await UnwritableStore(.closed)
        try store.setPermissions(file: 0, folder: 0o500)
        let run = try await store.carillon(command)
        #expect(run.status == 69, "\(run)")
        #expect(run.error.contains("cannot be read by this user"), "\(run)")
        try store.setPermissions(file: 0o400, folder: 0)
        let hidden = try await store.carillon(command)
        #expect(hidden.status == 69, "\(hidden)")
        #expect(hidden.error.contains("cannot be looked at: Permission denied"), "\(hidden)")
    }
}
#endif
