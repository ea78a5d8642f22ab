#if Command
import CarillonSQL
import CarillonSQLite
import Foundation
import Testing

@Suite("What carillon serve refuses", .fewAtOnce)
struct ServeRefusalTests {
    @Test(
        "What cannot be served is refused in a line, and the status tells why",
        arguments: [
            ("", ["--config", "none.yaml"], "none.yaml:1:1: the file cannot be read: No such file or directory", 66),
            ("", ["--config", "."], "the file cannot be read: Is a directory", 66),
            ("jobs: [{id: a, command: x, colour: red}]", [], "in.yaml:1:28: jobs[0]: 'colour' is not a key here", 78),
            ("jobs: [{id: a, command: 5}]", [], "in.yaml:1:16: jobs[0].command: ", 78),
            ("jobs: [{id: a, command: x}, {id: a, command: y}]", [], "'a' is the id of the job in line 1 already", 78),
            (
                "jobs: [{id: a, command: 'true', on_failure: f}]", [],
                "in.yaml:1:33: job 'a': on_failure: no task 'f' is registered", 78
            ),
            (
                "jobs: [{id: a, command: 'true', on_failure: mail -s x me}]", [],
                "the tasks are 'http', 'shell'; a command is written as on_failure: {command: …}", 78
            ),
            (
                "jobs: [{id: a, func: echo x}]", [],
                "in.yaml:1:16: job 'a': no task 'echo x' is registered; the tasks are 'http', 'shell'; a command stands b",
                78
            ),
            (
                "jobs: [{id: a, command: 'true', on_failure: http}]", [],
                "in.yaml:1:33: job 'a': on_failure: task 'http' cannot take the report of a failed run as its", 78
            ),
            (
                "jobs: [{id: a, command: 'true', on_failure: {func: shell, kwargs: {comand: x}}}]", [],
                "in.yaml:1:68: jobs[0].on_failure.kwargs: 'comand' is not a key here", 78
            ),
            (
                "jobs: [{id: a, func: shel}]", [],
                "in.yaml:1:16: job 'a': no task 'shel' is registered; did you mean 'shell'? The tasks are 'http', ", 78
            ),
            (
                "jobs: [{id: a, command: x, on_failure: htpt}]", [],
                "job 'a': on_failure: no task 'htpt' is registered; did you mean 'http'? The tasks are 'http'", 78
            ),
            (
                "jobs: [{id: a, func: f}]", [],
                "in.yaml:1:16: job 'a': no task 'f' is registered; the tasks are 'http', 'shell'", 78
            ),
            ("jobs: [{id: a, func: shell, kwargs: {comand: x}}]", [], "in.yaml:1:38: jobs[0].kwargs: 'comand' is", 78),
            ("jobs: [{id: a, url: 'http://h:x'}]", [], "in.yaml:1:16: job 'a': the arguments do not decode", 78),
            (
                "{job_defaults: {on_failure: f}, jobs: [{id: a, command: x}, {id: b, command: y, priority: 1}]}", [],
                "in.yaml:1:17: job_defaults.on_failure: no task 'f' is registered", 78
            ),
            ("jobs: [{id: a, command: x, executor: fast}]", [], "'fast' is not an executor", 78),
            ("executors: {default: tronado}", [], "'tronado' is not one of those there are; did you mean 'tor", 78),
            ("allowed_hosts: [elsewhere.invalid]", [], "allowed_hosts: this machine", 78),
            ("jobstores: {default: {url_file: nosuch}}", [], "nosuch' cannot be read", 66),
            ("timezone: Mars/Base", [], "in.yaml:1:1: timezone: 'Mars/Base' is not in the time zone database", 78),
            ("", ["--timezone", "Mars/Base"], "Error: --timezone: 'Mars/Base' is not in the time zone database", 64),
            ("", ["--shutdown-deadline", "-5"], "--shutdown-deadline: must be a number of seconds from 0", 64),
            (
                "", ["--store", "sqlite:///x?mode=ro"],
                "--store: has 'mode' behind its '?', where an address of SQLite", 64
            ),
            ("", ["--store", "what"], "--store: is not a store's address", 64),
            (
                "", ["--store", "mongodb://u:secret@host"],
                "the store mongodb://u:***@host is not available in this version",
                69
            ),
            ("", ["--store", "sqlite:///broken.sqlite"], "is not an SQLite database", 69),
            ("", ["--store", "sqlite:///new.sqlite"], "was written by a newer version of Carillon", 69),
            ("", ["--store", "sqlite:///old.sqlite"], "is a database of a first version of 'carillon serve'", 69),
            ("", ["--state", "in.yaml"], "in.yaml is a file, where a folder is needed", 69),
        ]
    )
    func refusal(text: String, arguments: [String], message: String, status: Int32) async throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(text.isEmpty ? "jobs: []" : text, to: "in.yaml")
        _ = try folder.write(String(repeating: "no database ", count: 1000), to: "broken.sqlite")
        try Self.old(at: "\(folder.path)/old.sqlite")
        try await Self.newer(at: "\(folder.path)/new.sqlite")
        let path = folder.path
        let all = (arguments.contains("--config") ? [] : ["--config", "in.yaml"]) + arguments
        let (lines, end) = try await ServedProcess.onThread {
            let server = try ServedProcess(arguments: all, variables: ["XDG_STATE_HOME": path], folder: path)
            return (server.lines(through: "no line has this"), server.end())
        }
        #expect(lines.count == 1 && lines.first?.contains(message) == true, "\(lines)")
        #expect(lines.first?.hasPrefix("Error: ") == true && !lines.joined().contains("secret"), "\(lines)")
        #expect(end == status)
    }

    @Test("A file without --config before it is told how to be given")
    func strayArguments() async throws {
        let one = try await CommandRun.carillon(["serve", "a.yaml"])
        let line = "Error: 'a.yaml': a file of the configuration is given as --config a.yaml"
        #expect(one.status == 64 && one.errors.first == line, "\(one)")
        let more = try await CommandRun.carillon(["serve", "--config", "a.yaml", "it's b.yaml", "c"])
        let words = #"is given as --config 'it'\''s b.yaml' --config c"#
        #expect(more.status == 64 && more.error.contains(words), "\(more)")
    }

    @Test("What jobs cannot run is told for each of them, where it stands")
    func tasks() async throws {
        let folder = try TemporaryFolder()
        let config = try folder.write(
            """
            jobs:
            - id: a
              func: f
              on_failure: g
            - id: b
              method: GET
              url: http://h:x
              executor: default
            """, to: "in.yaml")
        let lines = try await ServedProcess.onThread {
            try ServedProcess("--config", config, "--store", "memory:").lines(through: "no line has this")
        }
        #expect(lines.count == 3, "\(lines)")
        let expected = ["3:3: job 'a': no task 'f'", "4:3: job 'a': on_failure: no task 'g'", "7:3: job 'b': the arg"]
        for (line, words) in zip(lines, expected) { #expect(line.hasPrefix("Error: \(config):\(words)"), "\(lines)") }
    }

    /// The header of a file of the first server.
    private static func old(at path: String) throws {
        var header = Array("SQLite format 3\0".utf8) + [UInt8](repeating: 0, count: 84)
        header.replaceSubrange(68..<72, with: Array("Carl".utf8))
        try Data(header).write(to: URL(filePath: path))
    }

    /// A store with a step that this version does not know.
    private static func newer(at path: String) async throws {
        let step = SQLMigration("from the future") { _ in [] }
        let store = try await SQLiteJobStore(path: path, migrations: SQLMigration.all + [step], settings: [])
        await store.close()
    }

    @Test("Output that cannot be written ends the server")
    func fullOutput() async throws {
        let run = try await CommandRun.carillon(["serve", "--store", "memory:"], output: "/dev/full")
        #expect(run.status == 74)
        #expect(run.errors == ["Error: writing the output: No space left on device"])
    }
}
#endif
