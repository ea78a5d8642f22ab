import Carillon
import CarillonTasks
import CarillonTriggers
import Foundation
import Testing

/// What a command gives to its run.
@Suite(.timeLimit(.minutes(10))) struct ShellTaskTests {
    @Test func outputAndResult() async throws {
        let run = try await TaskBench.shell("echo one; echo two >&2; printf three")
        #expect(run.outcome == .succeeded)
        #expect(run.error == nil)
        #expect(run.text == "one\ntwo\nthree")
        #expect(run.resultText == #"{"exit_status":0}"#)
    }

    @Test(arguments: [
        ("echo before; exit 3", "exit status 3"),
        ("exit 255", "exit status 255"),
        ("kill -9 $$", "ended by signal 9 (KILL)"),
        ("kill -TERM $$", "ended by signal 15 (TERM)"),
        ("no-such-command-at-all", "exit status 127"),
    ])
    func endOfALine(_ line: String, _ error: String) async throws {
        let run = try await TaskBench.shell(line)
        #expect(run.outcome == .failed)
        #expect(run.error == error)
        #expect(run.result == nil)
        if line.hasPrefix("echo") { #expect(run.text == "before\n") }
    }

    @Test func argumentsAreTakenAsTheyAre() async throws {
        let words = ["printf", "%s|", "a b", "$HOME", "", "*", "ü"]
        let run = try await TaskBench.shell(ShellArguments(command: .program(words)))
        #expect(run.outcome == .succeeded)
        #expect(run.text == "a b|$HOME||*|ü|")
    }

    @Test func whatTheCommandKnows() async throws {
        let names = ["JOB", "OCCURRENCE", "RUN", "ATTEMPT", "SCHEDULED"].map { "CARILLON_\($0)" }
        let line = names.map { "echo \"$\($0)\"" }.joined(separator: ";") + "; echo \"$GREETING\"; echo ${PATH:+path}"
        let environment = ["GREETING": "hello = ü", "CARILLON_JOB": "another", "CARILLON_ATTEMPT": "7"]
        let run = try await TaskBench.shell(ShellArguments(command: .line(line), environment: environment))
        let occurrence = run.id.occurrence
        let scheduled = occurrence.scheduled.formatted(in: .utc)
        #expect(run.text == "job\n\(occurrence)\n\(run.id)\n1\n\(scheduled)\nhello = ü\npath\n")
    }

    @Test func theProgramIsLookedForInTheCommandsPath() async throws {
        let folder = try TemporaryFolder()
        try folder.write("greet", "#!/bin/sh\necho found in $PWD\n", executable: true)
        let arguments = ShellArguments(
            command: .program(["greet"]), workingDirectory: "/", environment: ["PATH": "/nowhere:\(folder.path)"])
        let run = try await TaskBench.shell(arguments)
        #expect(run.error == nil)
        #expect(run.text == "found in /\n")
    }

    @Test func whatCannotBeStarted() async throws {
        let folder = try TemporaryFolder()
        try folder.write("plain", "echo no first line\n", executable: true)
        try folder.write("closed", "#!/bin/sh\n", executable: false)
        try folder.write("orphan", "#!/no/such/interpreter\n", executable: true)
        let expected: [([String], String)] = [
            (["no-such-command-at-all"], "no such command: no-such-command-at-all"),
            (["/no/such/command", "x"], "no such command: /no/such/command"),
            (["\(folder.path)/closed"], "command \(folder.path)/closed: Permission denied"),
            (["\(folder.path)/closed/x"], "no such command: \(folder.path)/closed/x"),
            (
                ["\(folder.path)/plain"],
                "command \(folder.path)/plain: Exec format error; a script needs a first line such as #!/bin/sh"
            ),
            (
                ["\(folder.path)/orphan"],
                "command \(folder.path)/orphan: the program that its first line names is missing"
            ),
        ]
        for (command, error) in expected {
            let run = try await TaskBench.shell(ShellArguments(command: .program(command)))
            #expect(run.outcome == .failed)
            #expect(run.error == error)
        }
    }

    @Test func workingDirectory() async throws {
        let folder = try TemporaryFolder()
        let there = try await TaskBench.shell(ShellArguments(command: .line("pwd"), workingDirectory: folder.path))
        #expect(there.text == folder.path + "\n")
        let missing = try await TaskBench.shell(ShellArguments(command: .line("pwd"), workingDirectory: "/no/such"))
        #expect(missing.outcome == .failed)
        #expect(missing.error == "working directory /no/such: No such file or directory")
        let file = try await TaskBench.shell(ShellArguments(command: .line("pwd"), workingDirectory: "/etc/passwd"))
        #expect(file.error == "working directory /etc/passwd: Not a directory")
    }

    @Test func umask() async throws {
        let run = try await TaskBench.shell(ShellArguments(command: .line("umask"), umask: 0o027))
        #expect(run.text == "0027\n")
    }

    @Test func standardInput() async throws {
        let nothing = try await TaskBench.shell("cat; echo end")
        #expect(nothing.text == "end\n")
        let some = try await TaskBench.shell(ShellArguments(command: .line("cat; cat /dev/stdin"), stdin: "a\u{0}ü\n"))
        #expect(some.outcome == .succeeded)
        #expect(some.text == "a\u{0}ü\na\u{0}ü\n")
        let long = String(repeating: "0123456789", count: 500_000)
        let counted = try await TaskBench.shell(ShellArguments(command: .line("wc -c"), stdin: long))
        #expect(counted.text == "5000000\n")
        let unread = try await TaskBench.shell(ShellArguments(command: .line("true"), stdin: long))
        #expect(unread.outcome == .succeeded)
    }

    @Test func bytesThatAreNoText() async throws {
        let run = try await TaskBench.shell(#"printf 'a\377\376\000b'"#)
        #expect(run.log == [0x61, 0xFF, 0xFE, 0x00, 0x62])
    }

    @Test func aGigabyteOfOutput() async throws {
        let output = try await Worker.output(["measure", "yes 0123456789abcde | head -c 1073741824; echo the end"])
        #expect(output.contains("outcome: succeeded"))
        #expect(output.contains("log bytes: \(Run.payloadLimit)\n"))
        #expect(output.contains("log end: 0123456789abcde the end"))
        let line = try #require(output.split(separator: "\n").first { $0.hasPrefix("peak kilobytes: +") })
        #expect(try #require(Int(line.dropFirst("peak kilobytes: +".count))) < 20_000)
    }

    @Test func aLongLine() async throws {
        let line = "echo " + String(repeating: "x", count: 99_995)
        #expect(line.utf8.count == 100_000)
        let run = try await TaskBench.shell(line + " | wc -c")
        #expect(run.text == "99996\n")
    }

    @Test func tooMuchForTheSystem() async throws {
        let one = try await TaskBench.shell("true " + String(repeating: "x", count: 200_000))
        #expect(one.outcome == .failed)
        let error = "its arguments and environment are too long for the system (Argument list too long)"
        #expect(one.error == "command /bin/sh: " + error)
        let words = ["true"] + (0..<8000).map { _ in String(repeating: "y", count: 1000) }
        let many = try await TaskBench.shell(ShellArguments(command: .program(words)))
        #expect(many.error == "command true: " + error)
    }

    @Test func aChildInTheBackgroundIsNotWaitedFor() async throws {
        let marked = MarkedProcesses()
        let line = "(echo early; exec sleep 600) & while ! false; do echo done; exit 0; done"
        let run = try await TaskBench.shell(ShellArguments(command: .line(line), environment: marked.environment))
        #expect(run.outcome == .succeeded)
        #expect(run.text.contains("done\n"))
        #expect(try await marked.wait { $0 == 1 }.count == 1)
        marked.killAll()
    }
}
