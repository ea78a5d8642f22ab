#if Command
import Carillon
import Foundation
import Testing

/// What others wrote, on a terminal that would take it for commands.
@Suite("Output that has commands to a terminal in it", .fewAtOnce)
struct TerminalOutputTests {
    /// Has the window's title set, the screen cleared by U+009B, a line turned and the line before overwritten.
    private static let text = "a\u{1B}]0;owned\u{7}b\u{9B}2Jc\u{202E}d\u{7F}\u{2066}e\u{8}f\n"
    private static let shown = #"a\u{1B}]0;owned\u{7}b\u{9B}2Jc\u{202E}d\u{7F}\u{2066}e\u{8}f"#

    /// Runs the command on a terminal.
    private static let terminal = ["/bin/sh", "-c", "exec script -qec \"$0 $*\" /dev/null"]

    private static func hasCommands(_ text: String) -> Bool {
        text.unicodeScalars.contains { scalar in
            let isAllowed = scalar == "\n" || scalar == "\r"
            return !isAllowed && scalar.properties.generalCategory == .control
                || (0x2028...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
        }
    }

    private static func ended() async throws -> (fixture: StoreFixture, run: String) {
        let fixture = try await StoreFixture([try StoreFixture.job("job")])
        let run = try await fixture.run("job", .failed, error: "no \(text)", log: text)
        return (fixture, run.id.description)
    }

    private static func onTerminal(_ arguments: [String], _ fixture: StoreFixture) async throws -> CommandRun {
        try await CommandRun.carillon(
            arguments, variables: ["STATE_DIRECTORY": fixture.folder, "NO_COLOR": "1"], launcher: terminal)
    }

    @Test("A terminal is shown numbers for them", arguments: [["show"], ["show", "--log"], ["follow"], ["list"]])
    func escaped(_ words: [String]) async throws {
        let (fixture, run) = try await Self.ended()
        let target = words == ["list"] ? [] : [run]
        let shown = try await Self.onTerminal(["runs", words[0]] + target + words.dropFirst(), fixture)
        #expect(!shown.output.isEmpty && !Self.hasCommands(shown.output.joined(separator: "\n")), "\(shown.output)")
        if words != ["list"] { #expect(shown.output.contains { $0.contains(Self.shown) }, "\(shown.output)") }
    }

    @Test("Who asks for it gets it byte for byte", arguments: [["show", "--log", "--raw"], ["follow", "--raw"]])
    func raw(_ words: [String]) async throws {
        let (fixture, run) = try await Self.ended()
        let shown = try await Self.onTerminal(["runs", words[0], run] + words.dropFirst(), fixture)
        #expect(shown.output.joined(separator: "\n").contains(Self.text.dropLast()), "\(shown.output)")
    }

    @Test("A file or a pipe gets the log byte for byte", arguments: [["show", "--log"], ["follow"]])
    func piped(_ words: [String]) async throws {
        let (fixture, run) = try await Self.ended()
        let written = try await fixture.carillon(["runs", words[0], run] + words.dropFirst())
        #expect(written.output.joined(separator: "\n") == String(Self.text.dropLast()))
    }

    @Test("JSON has them as numbers", arguments: ["show", "follow"])
    func json(_ word: String) async throws {
        let (fixture, run) = try await Self.ended()
        let written = try await fixture.carillon(["runs", word, run, "--json"])
        let lines = written.output.joined(separator: "\n")
        #expect(!Self.hasCommands(lines))
        for escape in [#"\u001b]0"#, #"\u009b2J"#, #"\u202e"#, #"\u007f"#, #"\u2066"#] {
            #expect(lines.contains(escape), "\(lines)")
        }
        for line in written.output {
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            if let log = object["log"] ?? object["text"] { #expect(log as? String == Self.text) }
        }
    }

    @Test("The lines of a server have none", arguments: [[], ["--log-format", "json"]])
    func served(_ options: [String]) async throws {
        let folder = try TemporaryFolder()
        try Data(Self.text.utf8).write(to: URL(filePath: "\(folder.path)/text"))
        let config = try folder.write(
            "{state: ., jobs: [{id: job, command: 'cat \(folder.path)/text; exit 1'}]}", to: "jobs.yaml")
        let lines = try await ServedProcess.onThread {
            let server = try ServedProcess(arguments: ["--config", config] + options)
            let lines = server.lines(through: "owned")
            _ = server.end(SIGTERM)
            return lines
        }
        #expect(lines.last?.contains("owned") == true)
        #expect(!Self.hasCommands(lines.joined(separator: "\n")), "\(lines)")
    }

    @Test("An error says nothing to a terminal")
    func errors() async throws {
        let fixture = try await StoreFixture()
        for arguments in [
            ["runs", "show", Self.text], ["jobs", "show", "\u{1B}[2J"], ["\u{9B}2J"], ["next", "\u{1B}[2J"],
            ["jobs", "list", "--store", "sqlite:////none/\u{1B}[2J\u{9B}2J"],
        ] {
            let run = try await fixture.carillon(arguments)
            #expect(run.status != 0 && !run.errors.isEmpty)
            #expect(!Self.hasCommands(run.errors.joined(separator: "\n")), "\(run.errors)")
        }
    }
}
#endif
