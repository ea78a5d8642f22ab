#if Command
import Foundation
import Testing

@Suite("carillon serve", .fewAtOnce)
struct ServeProcessTests {
    @Test("The banner says what is served from where, and a run is a line with what it wrote below")
    func lines() async throws {
        let folder = try TemporaryFolder()
        let config = try folder.write(
            """
            timezone: Asia/Tokyo
            state: below/there
            jobs:
            - {id: good, command: 'echo "$CARILLON_JOB $CARILLON_ATTEMPT"; printf "half\\033[0m"'}
            - {id: bad, command: exit 3}
            - {id: none, command: [/no/such/program]}
            - {id: "turn\\u202Eed", command: 'printf "\\342\\200\\256x"'}
            - {id: later, cron: "30 8 1 1 *", command: 'true'}
            """,
            to: "jobs.yaml"
        )
        let (lines, status) = try await ServedProcess.onThread {
            let server = try ServedProcess("--config", config)
            var lines: [String] = []
            while lines.count(where: { $0.contains("succeeded") || $0.contains("failed") }) < 4
                || !lines.contains(where: { $0.hasSuffix("x") && $0.contains("|") })
            {
                guard let line = server.line() else { break }
                lines.append(line)
            }
            server.send(SIGTERM)
            lines += server.lines(through: "stopped")
            return (lines, server.end())
        }
        let text = lines.joined(separator: "\n")
        #expect(lines.first == "carillon 0.1.0 serves \(config)")
        #expect(lines.contains("  store  sqlite:///\(folder.path)/below/there/jobs.sqlite"), "\(text)")
        #expect(lines.contains("  zone   Asia/Tokyo"))
        #expect(lines.contains("  jobs   5: 5 added (good, bad, none, turn\\u{202E}ed, later)"))
        #expect(lines.contains("    turn\\u{202E}ed | \\u{202E}x") && !text.contains("\u{202E}"), "\(text)")
        #expect(lines.contains { $0.contains(/later +at 08:30, on day 1 of the month/) }, "\(text)")
        let good = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}  good +succeeded  \d+ ms(  \(\d+ ms late\))?/
        let index = lines.firstIndex { $0.wholeMatch(of: good) != nil } ?? lines.count
        #expect(lines.dropFirst(index + 1).prefix(2) == ["    good | good 1", "    good | half\\u{1B}[0m"], "\(text)")
        let bad = /bad +failed     \d+ ms(  \(\d+ ms late\))?  exit status 3$/
        #expect(lines.contains { $0.contains(bad) }, "\(text)")
        #expect(lines.contains { $0.hasSuffix("no such command: /no/such/program") }, "\(text)")
        #expect(lines.last?.hasSuffix("  stopped") == true)
        #expect(status == 0)
    }

    @Test("Without a configuration nothing is said of its jobs")
    func bannerOfAStore() async throws {
        let folder = try TemporaryFolder()
        let store = "sqlite:///\(folder.path)/jobs.sqlite"
        let lines = try await ServedProcess.onThread {
            let server = try ServedProcess("--store", store)
            let lines = server.lines(through: "  tasks")
            server.send(SIGTERM)
            return lines + server.lines(through: "stopped")
        }
        #expect(lines.first == "carillon 0.1.0 serves the jobs of its store")
        #expect(!lines.contains { $0.hasPrefix("  jobs") }, "\(lines)")
        #expect(FileManager.default.fileExists(atPath: "\(folder.path)/jobs.sqlite"))
    }

    @Test("With --log-format json every line is an object")
    func json() async throws {
        let folder = try TemporaryFolder()
        let config = try folder.write("jobs: [{id: a, command: 'echo out; exit 3'}]", to: "jobs.yaml")
        let lines = try await ServedProcess.onThread {
            let server = try ServedProcess("--config", config, "--store", "memory:", "--log-format", "json")
            let lines = server.lines(through: #""event":"run""#)
            server.send(SIGINT)
            return lines + server.lines(through: #""event":"stopped""#)
        }
        let objects = lines.compactMap {
            try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: any Sendable]
        }
        #expect(objects.count == lines.count, "\(lines)")
        #expect(objects.compactMap { $0["event"] as? String } == ["started", "run", "stopping", "stopped"], "\(lines)")
        let run = objects.first { $0["event"] as? String == "run" }
        #expect(run?["job"] as? String == "a" && run?["outcome"] as? String == "failed")
        #expect(run?["error"] as? String == "exit status 3" && run?["output"] as? String == "out\n")
        #expect(run?["duration_ms"] is Int && run?["late_ms"] is Int)
    }

    @Test("A request to stop waits for runs and tells how many; signals that come at once are one request")
    func drain() async throws {
        let folder = try TemporaryFolder()
        let (mark, end) = ("\(folder.path)/up", "\(folder.path)/end")
        let command = "echo up > \(mark); until [ -e \(end) ]; do sleep 0.05; done"
        let config = try folder.write("jobs: [{id: short, command: '\(command)'}]", to: "jobs.yaml")
        let (lines, status) = try await ServedProcess.onThread {
            let server = try ServedProcess("--config", config, "--store", "memory:")
            _ = server.lines(through: "  next   ")
            server.waitForFile(mark)
            server.send(SIGINT)
            server.send(SIGTERM)
            let lines = server.lines(through: "stopping")
            _ = FileManager.default.createFile(atPath: end, contents: nil)
            return (lines + server.lines(through: "stopped"), server.end())
        }
        let stop = /stopping: waiting for 1 run \(short\); it is asked to end in \d+ s; (.*)/
        let advice = lines.first?.firstMatch(of: stop)?.output.1
        #expect(advice == "interrupt again to end it at once", "\(lines)")
        #expect(lines.contains { $0.contains("short  succeeded") }, "\(lines)")
        #expect(status == 0)
    }

    @Test("That it stops is told before that it has stopped, however quickly that goes")
    func order() async throws {
        let ends = try await ServedProcess.onThread {
            try (0..<40).map { _ in
                let server = try ServedProcess("--store", "memory:", "--log-format", "json")
                _ = server.lines(through: "started")
                server.send(SIGTERM)
                return server.lines(through: #""event":"stopped""#).map { $0.contains("stopping") ? 1 : 2 }
            }
        }
        #expect(ends.allSatisfy { $0 == [1, 2] }, "\(ends)")
    }

    @Test("At the deadline runs are asked to end")
    func deadline() async throws {
        let folder = try TemporaryFolder()
        let mark = "\(folder.path)/up"
        let config = try folder.write("jobs: [{id: long, command: 'echo up > \(mark); sleep 100000'}]", to: "jobs.yaml")
        let lines = try await ServedProcess.onThread {
            let server = try ServedProcess("--config", config, "--store", "memory:", "--shutdown-deadline", "1")
            _ = server.lines(through: "  next   ")
            server.waitForFile(mark)
            server.send(SIGTERM)
            return server.lines(through: "stopped")
        }
        #expect(lines.contains { $0.contains("asked to end in 1 s") }, "\(lines)")
        let interrupted = "long  interrupted  by the stop of the server; the run of "
        #expect(
            lines.contains { $0.contains(interrupted) && $0.hasSuffix(" is forgotten with its store in memory") },
            "\(lines)")
    }

    @Test("A second request ends what does not want to, and the next start recovers it")
    func forced() async throws {
        let folder = try TemporaryFolder()
        let mark = "\(folder.path)/up"
        let config = try folder.write(
            "{state: ., jobs: [{id: long, command: \"trap '' TERM; echo up > \(mark); while :; do sleep 1; done\"}]}",
            to: "jobs.yaml")
        let (lines, status, next) = try await ServedProcess.onThread {
            let server = try ServedProcess("--config", config)
            _ = server.lines(through: "  next   ")
            server.waitForFile(mark)
            server.send(SIGINT)
            let first = server.lines(through: "stopping")
            // A second request within 100 ms would be taken for the first.
            _ = server.line(within: .milliseconds(150))
            server.send(SIGINT)
            let lines = first + server.lines(through: "stopped")
            let status = server.end()
            try FileManager.default.removeItem(atPath: mark)
            let other = try ServedProcess("--config", config)
            let next = other.lines(through: "recovered")
            _ = other.end(SIGKILL)
            return (lines, status, next)
        }
        #expect(lines.last?.contains("stopped: 1 run did not end (long) and will be recovered") == true, "\(lines)")
        #expect(status == 0)
        #expect(next.last?.contains("long  recovered  its node is gone") == true, "\(next)")
    }

    @Test("SIGHUP reads the file anew and tells what changed; a file with an error changes nothing")
    func reload() async throws {
        let folder = try TemporaryFolder()
        let hourly = "trigger: interval, hours: 1, command: 'true'"
        let config = try folder.write(
            "jobs:\n- {id: same, \(hourly)}\n- {id: gone, \(hourly)}\n- {id: other, \(hourly)}\n", to: "jobs.yaml")
        let other = try folder.write("jobs: [{id: foreign, \(hourly)}]", to: "other.yaml")
        let path = folder.path
        let (refused, changed, again) = try await ServedProcess.onThread {
            let first = try ServedProcess("--config", other, "--state", path)
            _ = first.lines(through: "foreign  succeeded")
            _ = first.end(SIGTERM)
            let server = try ServedProcess("--config", config, "--state", path)
            for _ in 0..<3 { _ = server.lines(through: "succeeded") }
            try Data("jobs:\n- {id: new, comand: x}\n".utf8).write(to: URL(filePath: config))
            server.send(SIGHUP)
            let refused = server.lines(through: "nothing was changed")
            let text = "jobs:\n- {id: same, \(hourly)}\n- {id: other, trigger: interval, hours: 2, command: 'true'}\n"
            try Data("\(text)- {id: new, \(hourly)}\n".utf8).write(to: URL(filePath: config))
            server.send(SIGHUP)
            let changed = server.lines(through: "reloaded").last
            _ = server.end(SIGTERM)
            let next = try ServedProcess("--config", config, "--config", other, "--state", path)
            let again = next.lines(through: "  jobs   ").last
            _ = next.end(SIGTERM)
            return (refused, changed, again)
        }
        #expect(refused.contains { $0.contains("error: reloading: \(config):2:13: jobs[0]: 'comand'") }, "\(refused)")
        #expect(
            changed?.hasSuffix("reloaded \(config): 1 added (new), 1 changed (other), 1 removed (gone), 1 unchanged")
                == true, "\(changed ?? "")")
        // The job of the other file is there still.
        #expect(again == "  jobs   4: 4 unchanged")
    }

    @Test("The task for a failed run is told which one, also by a server that takes over from one that was killed")
    func onFailure() async throws {
        let folder = try TemporaryFolder()
        let (told, up) = ("\(folder.path)/told", "\(folder.path)/up")
        let config = try folder.write(
            """
            state: .
            jobs:
            - id: bad
              command: echo secret; exit 3
              on_failure:
                task: shell
                command: ["sh", "-c", 'touch \(up); [ -e \(folder.path)/go ] || sleep 60; (env | grep FAILED | sort; cat) > \(told)']
            """,
            to: "jobs.yaml")
        let path = folder.path
        let (first, second, status) = try await ServedProcess.onThread {
            let server = try ServedProcess("--config", config)
            server.waitForFile(up)
            _ = server.end(SIGKILL)
            try Data().write(to: URL(filePath: "\(path)/go"))
            let next = try ServedProcess("--config", config)
            let lines = next.lines(through: "bad  succeeded")
            return (FileManager.default.fileExists(atPath: up), lines, next.end(SIGTERM))
        }
        #expect(first && second.last?.contains("bad  succeeded") == true && status == 0, "\(second)")
        let lines = try String(contentsOfFile: told, encoding: .utf8).split(separator: "\n")
        #expect(
            lines.prefix(3) == [
                "CARILLON_FAILED_ATTEMPT=1", "CARILLON_FAILED_ERROR=exit status 3", "CARILLON_FAILED_JOB=bad",
            ], "\(lines)")
        #expect(lines.count == 7 && lines.last?.hasPrefix(#"{"job":"bad","run":"bad/1/"#) == true, "\(lines)")
        #expect(!lines.joined().contains("secret"))
    }

    @Test("Jobs that never fire are told of by their places; those that have had their time are not")
    func silentJobs() async throws {
        let folder = try TemporaryFolder()
        let config = try folder.write(
            """
            state: .
            jobs:
            - {id: impossible, cron: "0 0 31 2 *", command: 'true'}
            - {id: late, trigger: date, run_date: 2001-01-01, command: 'true'}
            - {id: missed, trigger: date, run_date: 2001-01-01, misfire_grace_time: 60, command: 'true'}
            - {id: later, trigger: date, run_date: 2901-01-01, command: 'true'}
            - {id: once, command: 'true'}
            """,
            to: "jobs.yaml")
        let path = folder.path
        let (seen, told) = try await ServedProcess.onThread {
            var (seen, told): ([[String]], [String]) = ([], [])
            for _ in 0..<2 {
                let server = try ServedProcess("--config", config)
                _ = server.lines(through: "  next   ")
                server.send(SIGHUP)
                let text = try String(contentsOfFile: config, encoding: .utf8)
                var lines = server.lines(through: "reloaded")
                // Lines of runs and of the reload come in any order.
                if seen.isEmpty, !lines.contains(where: { $0.contains("late        succeeded") }) {
                    lines += server.lines(through: "late        succeeded")
                }
                told += lines
                seen.append(lines.filter { $0.contains("never fires") })
                try Data("\(text)\n- {id: new, cron: '0 0 30 2 *', command: 'true'}".utf8)
                    .write(to: URL(filePath: config))
                server.send(SIGHUP)
                seen.append(server.lines(through: "reloaded").filter { $0.contains("never fires: its trigger") })
                _ = server.end(SIGTERM)
                try Data(text.utf8).write(to: URL(filePath: config))
            }
            return (seen, told)
        }
        // It is late, and runs, since no grace forbids it.
        #expect(told.contains { $0.contains(/late +succeeded/) }, "\(told)")
        #expect(!seen.joined().contains { $0.contains("'late'") }, "\(seen)")
        #expect(!told.contains { $0.contains(/missed +succeeded/) }, "\(told)")
        let impossible = "warning: \(config):3:3: job 'impossible' never fires: its trigger names no time at all"
        #expect(seen.count == 4 && seen[0].count == 3 && seen[2].count == 2, "\(seen)")
        #expect(seen.allSatisfy { $0.contains { $0.hasPrefix(impossible) } }, "\(seen)")
        let missed = ":5:3: job 'missed' never fires: all times of its trigger are past, by more than its misfire grace"
        #expect(seen[0].contains { $0.contains(missed) }, "\(seen)")
        #expect(seen[1].contains { $0.contains(":8:3: job 'new' never fires: its trigger names no time at all") })
        let list = try await CommandRun.carillon(["jobs", "list"], variables: ["STATE_DIRECTORY": path])
        for id in ["impossible", "late", "missed", "new", "once"] {
            #expect(list.output.contains { $0.contains(#/\sended +never\s/#) && $0.contains(id) }, "\(list)")
        }
        #expect(list.output.count { $0.contains("never") } == 5, "\(list)")
    }

    @Test("Servers whose files have the same id are both told of the other file, whoever takes the job")
    func sameIDs() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        var files: [String] = []
        for name in ["one", "two"] {
            let text = "{state: ., jobs: [{id: x, command: 'echo \(name)', cron: '0 0 1 1 *'}]}"
            files.append(try folder.write(text, to: "\(name).yaml"))
        }
        let (one, two) = (files[0], files[1])
        let seen = try await ServedProcess.onThread {
            let first = try ServedProcess("--config", one)
            _ = first.lines(through: "  next   ")
            let second = try ServedProcess("--config", two)
            var seen = [second.lines(through: "taken over from \(path)").last, first.lines(through: "lost to").last]
            first.send(SIGHUP)
            seen += [first.lines(through: "taken over from").last, second.lines(through: "lost to").last]
            let list = try ServedProcess("--config", one)
            seen.append(list.lines(through: "  jobs   ").last)
            _ = list.end(SIGTERM)
            _ = (first.end(SIGTERM), second.end(SIGTERM))
            return seen
        }
        #expect(
            seen[0]?.hasPrefix("warning: \(two):1:19: taken over from \(one): job 'x'; a server of that file") == true,
            "\(seen)")
        #expect(
            seen[1]?.hasPrefix("warning: \(one):1:19: lost to \(two): job 'x'; what it says there counts") == true,
            "\(seen)")
        #expect(seen[2]?.hasPrefix("warning: \(one):1:19: taken over from \(two): job 'x'") == true, "\(seen)")
        #expect(seen[3]?.hasPrefix("warning: \(two):1:19: lost to \(one): job 'x'") == true, "\(seen)")
        #expect(seen[4] == "  jobs   1: 1 unchanged", "\(seen)")
    }

    @Test("An address of SQLite without a path is in memory, and the server says so")
    func memory() async throws {
        let seen = try await ServedProcess.onThread {
            try ["sqlite:///", "memory:"].map { address in
                let server = try ServedProcess(
                    "--store", address, variables: ["SCHEDULER_JOBS": "[{id: a, command: 'true'}]"])
                let lines = server.lines(through: "a  succeeded")
                server.send(SIGTERM)
                return lines + server.lines(through: "no line has this")
            }
        }
        let warning = "warning: the job store 'default' (sqlite:///:memory:) is in memory, as an address of SQLite"
        #expect(seen.first?.contains { $0.hasPrefix(warning) } == true, "\(seen)")
        #expect(seen.last?.contains { $0.hasPrefix("warning") } == false, "\(seen)")
    }

    @Test("A restart keeps the phase, and makes up for what was due")
    func restart() async throws {
        let folder = try TemporaryFolder()
        let config = try folder.write(
            "{state: ., jobs: [{id: tick, trigger: interval, seconds: 1, command: 'true'}]}", to: "jobs.yaml")
        let statuses = try await ServedProcess.onThread {
            var statuses: [Int32] = []
            for _ in 0..<3 {
                let server = try ServedProcess("--config", config)
                _ = server.lines(through: "succeeded")
                statuses.append(server.end(SIGTERM))
            }
            return statuses
        }
        #expect(statuses == [0, 0, 0])
        let account = try await Account("\(folder.path)/jobs.sqlite", job: "tick")
        #expect(account.entries.allSatisfy { $0 == 1 } && account.entries.count >= 2, "\(account)")
        #expect(account.strays == 0 && account.openRuns == 0, "\(account)")
    }

    @Test("Jobs of a file that run once do so once, however often the server is started again")
    func oneOffs() async throws {
        let folder = try TemporaryFolder()
        let mark = "\(folder.path)/marks"
        let config = try folder.write(
            """
            state: .
            jobs:
            - {id: once, command: echo once >> \(mark)}
            - {id: past, trigger: date, run_date: '2020-01-01 00:00:00', command: echo past >> \(mark)}
            - {id: tick, trigger: interval, seconds: 1, command: 'true'}
            """,
            to: "jobs.yaml")
        let statuses = try await ServedProcess.onThread {
            var statuses: [Int32] = []
            for _ in 0..<4 {
                let server = try ServedProcess("--config", config)
                _ = server.lines(through: "tick  succeeded")
                statuses.append(server.end(SIGTERM))
            }
            return statuses
        }
        #expect(statuses == [0, 0, 0, 0])
        let marks = try String(contentsOfFile: mark, encoding: .utf8).split(separator: "\n")
        #expect(marks.sorted() == ["once", "past"])
    }

    @Test("Killed at random moments and started again, servers account for every second once", arguments: [1, 2])
    func kills(servers: Int) async throws {
        let folder = try TemporaryFolder()
        let (mark, enough) = ("\(folder.path)/marks", "\(folder.path)/enough")
        let config = try folder.write(
            """
            state: .
            jobs:
            - id: tick
              trigger: interval
              seconds: 1
              command: echo >> \(mark); [ "$(wc -l < \(mark))" -lt 6 ] || touch \(enough); sleep 0.2
            """,
            to: "jobs.yaml"
        )
        let statuses = try await ServedProcess.onThread {
            var random = SeededGenerator(state: 20)
            var running = try (0..<servers).map { _ in try ServedProcess("--config", config) }
            var statuses: [Int32] = []
            for _ in 0..<3 {
                let server = running.removeFirst()
                _ = server.lines(through: servers == 1 ? "succeeded" : "  next   ")
                // Until then, or until the next run has ended.
                _ = server.line(within: .milliseconds(Int.random(in: 0...1200, using: &random)))
                statuses.append(server.end(SIGKILL))
                running.append(try ServedProcess("--config", config))
            }
            for server in running { _ = server.lines(through: "  next   ") }
            running.first?.waitForFile(enough)
            return statuses + running.map { $0.end(SIGINT) }
        }
        #expect(statuses == [-SIGKILL, -SIGKILL, -SIGKILL] + Array(repeating: 0, count: servers))
        let account = try await Account("\(folder.path)/jobs.sqlite", job: "tick")
        #expect(account.entries.allSatisfy { $0 == 1 } && account.entries.count >= 3, "\(account)")
        #expect(account.strays == 0 && account.openRuns == 0, "\(account)")
    }

    @Test("A service manager is told when the server is ready, alive, reloads and stops")
    func notifications() async throws {
        let folder = try TemporaryFolder()
        let config = try folder.write(
            "jobs: [{id: a, command: 'echo socket=$NOTIFY_SOCKET'}]", to: "jobs.yaml")
        let (messages, lines) = try await ServedProcess.onThread {
            let socket = try NotifySocket()
            let server = try ServedProcess(
                "--config", config, "--store", "memory:",
                variables: ["NOTIFY_SOCKET": socket.name, "WATCHDOG_USEC": "200000"])
            var messages = socket.messages(through: "READY=1") + socket.messages(through: "WATCHDOG=1")
            let lines = server.lines(through: "socket=")
            server.send(SIGHUP)
            messages += socket.messages(through: "RELOADING=1") + socket.messages(through: "READY=1")
            server.send(SIGTERM)
            messages += socket.messages(through: "STOPPING=1")
            _ = server.end()
            return (messages.filter { !$0.hasPrefix("WATCHDOG") }, lines)
        }
        #expect(
            messages.map { String($0.prefix { $0 != "\n" }) } == ["READY=1", "RELOADING=1", "READY=1", "STOPPING=1"],
            "\(messages)")
        #expect(messages.dropFirst().first?.contains(/\nMONOTONIC_USEC=\d+$/) == true)
        // Commands must not speak for the server.
        #expect(lines.last == "    a | socket=", "\(lines)")
    }
}

/// Numbers that are the same at each run of a test.
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 33
    }
}
#endif
