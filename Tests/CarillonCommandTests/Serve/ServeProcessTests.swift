import CarillonCommand
import CarillonTriggers
import Foundation
import Testing

@Suite("carillon serve")
struct ServeProcessTests {
    @Test("Killed at random moments and started again, it accounts for every second once")
    func kills() async throws {
        let folder = try TemporaryFolder()
        let config = try folder.write(
            """
            state: state.sqlite3
            jobs:
            - {id: tick, trigger: interval, seconds: 1, command: sleep 0.2}
            """,
            to: "jobs.yaml"
        )
        let statuses = try await ServedProcess.onThread {
            var random = SeededGenerator(state: 20)
            var statuses: [Int32] = []
            for _ in 0..<3 {
                let server = try ServedProcess("--config", config)
                _ = server.lines(through: "succeeded")
                // Until then, or until the next run has ended.
                _ = server.line(withinMilliseconds: Int32.random(in: 0...1200, using: &random))
                statuses.append(server.end(SIGKILL))
            }
            let server = try ServedProcess("--config", config)
            for _ in 0..<2 { _ = server.lines(through: "succeeded") }
            return statuses + [server.end(SIGINT)]
        }
        #expect(statuses == [SIGKILL, SIGKILL, SIGKILL, 0])
        let path = "\(folder.path)/state.sqlite3"
        let ends = try Database(path: path).rows("SELECT anchor, next_scheduled FROM jobs") { ($0.time(0), $0.time(1)) }
        let (first, next) = try #require(ends.first)
        let seconds = stride(from: first.microseconds, to: next.microseconds, by: 1_000_000)
        let account = try Account(path, jobID: "tick", of: seconds.map { Instant(microseconds: $0) })
        #expect(account.entries.count >= 4)
        #expect(account.entries.allSatisfy { $0 == 1 })
        #expect(account.strays == 0)
        #expect(account.openRuns == 0)
    }

    @Test("A line tells time, job, outcome, duration and lateness; the environment tells the occurrence")
    func line() async throws {
        let folder = try TemporaryFolder()
        let config = try folder.write(
            """
            timezone: Asia/Tokyo
            jobs:
            - {id: good, command: 'echo "$CARILLON_JOB $CARILLON_SCHEDULED $CARILLON_ATTEMPT"; cat'}
            - {id: bad, command: exit 3}
            - {id: none, command: [/no/such/program]}
            """,
            to: "jobs.yaml"
        )
        let path = folder.path
        let lines = try await ServedProcess.onThread {
            let server = try ServedProcess("--config", config, "--state", path)
            var lines: [String] = []
            while lines.count(where: { $0.contains("succeeded") || $0.contains("failed") }) < 3 {
                guard let line = server.line() else { break }
                lines.append(line)
            }
            return lines + ["status \(server.end(SIGTERM))"]
        }
        let good = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}  good  succeeded  \d+ ms  \(\d+ ms late\)/
        #expect(lines.contains { $0.wholeMatch(of: good) != nil }, "\(lines)")
        #expect(lines.contains { $0.contains(/bad  failed  \d+ ms  \(\d+ ms late\)  exit status 3$/) }, "\(lines)")
        #expect(lines.contains { $0.hasSuffix("none  failed  starting /no/such/program: No such file or directory") })
        #expect(lines.contains { $0.contains(/^good 20\d\d-\d\d-\d\dT[0-9:.]+\+00:00 1$/) }, "\(lines)")
        #expect(lines.first?.contains("Asia/Tokyo") == true)
        #expect(lines.last == "status 0")
    }

    @Test("A request to stop waits for commands; a second one ends them, and that is recorded")
    func stop() async throws {
        let folder = try TemporaryFolder()
        let config = try folder.write(
            "jobs: [{id: long, command: \"trap '' TERM; echo up; while :; do sleep 1; done\"}]", to: "jobs.yaml")
        let path = folder.path
        let (waiting, end, status) = try await ServedProcess.onThread {
            let server = try ServedProcess("--config", config, "--state", path)
            _ = server.lines(through: "up")
            server.send(SIGINT)
            let waiting = server.lines(through: "stopping").last
            // A second request within 100 ms would be taken for the first.
            _ = server.line(withinMilliseconds: 150)
            server.send(SIGINT)
            return (waiting, server.lines(through: "cancelled").last, server.end())
        }
        #expect(waiting?.hasPrefix("stopping: waiting for long") == true)
        #expect(end?.contains("long  cancelled") == true)
        #expect(status == 0)
    }

    @Test("Signals that come at once are one request to stop")
    func signalsAtOnce() async throws {
        let folder = try TemporaryFolder()
        let config = try folder.write(
            "jobs: [{id: short, command: \"trap '' TERM; echo up; sleep 1\"}]", to: "jobs.yaml")
        let path = folder.path
        let end = try await ServedProcess.onThread {
            let server = try ServedProcess("--config", config, "--state", path)
            _ = server.lines(through: "up")
            server.send(SIGINT)
            server.send(SIGTERM)
            let lines = server.lines(through: "short")
            // The first line tells what is waited for.
            return (lines + server.lines(through: "short")).last ?? "\(server.end())"
        }
        #expect(end.contains("short  succeeded"), "\(end)")
    }

    @Test("A second server with other jobs is refused while the first one lives, one with the same jobs is not")
    func otherJobs() async throws {
        let folder = try TemporaryFolder()
        let config = try folder.write("jobs: [{id: a, trigger: interval, hours: 1, command: 'true'}]", to: "a.yaml")
        let other = try folder.write("jobs: [{id: b, command: 'true'}]", to: "b.yaml")
        let path = folder.path
        let (refused, status, same, first, next) = try await ServedProcess.onThread {
            let server = try ServedProcess("--config", config, "--state", path)
            _ = server.lines(through: "succeeded")
            let second = try ServedProcess("--config", other, "--state", path)
            let refused = second.lines(through: "no line has this")
            let status = second.end()
            let third = try ServedProcess("--config", config, "--state", path)
            let same = third.line()
            _ = third.end(SIGINT)
            let first = server.end(SIGINT)
            let fourth = try ServedProcess("--config", other, "--state", path)
            let next = fourth.lines(through: "succeeded").last
            _ = fourth.end(SIGINT)
            return (refused, status, same, first, next)
        }
        #expect(refused.count == 1 && refused.first?.contains("another server is serving from it") == true)
        #expect(status == 70 && first == 0)
        #expect(same?.hasPrefix("carillon serves") == true)
        #expect(next?.contains("b  succeeded") == true)
    }

    @Test("One request to stop ends commands that do not want to within the time it tells")
    func stopByItself() async throws {
        let folder = try TemporaryFolder()
        let config = try folder.write(
            "jobs: [{id: long, command: \"trap '' TERM; echo up; while :; do sleep 1; done\"}]", to: "jobs.yaml")
        let path = folder.path
        let (waiting, end, duration) = try await ServedProcess.onThread {
            let server = try ServedProcess("--config", config, "--state", path)
            _ = server.lines(through: "up")
            let start = ContinuousClock.now
            server.send(SIGTERM)
            let waiting = server.lines(through: "stopping").last
            let end = server.lines(through: "cancelled").last
            return (waiting, end, ContinuousClock.now - start)
        }
        #expect(waiting?.contains("SIGTERM after 8 s, SIGKILL after 10 s") == true, "\(waiting ?? "")")
        #expect(end?.contains("long  cancelled") == true && end?.hasSuffix("signal 9") == true, "\(end ?? "")")
        #expect(duration >= .seconds(9) && duration < .seconds(12))
    }

    @Test("A command that does not end its last line does not share it with a record")
    func unfinishedLine() async throws {
        let folder = try TemporaryFolder()
        let config = try folder.write(
            """
            jobs:
            - {id: out, command: printf one}
            - {id: error, command: printf two >&2}
            - {id: mixed, command: 'printf three; printf four >&2; echo five'}
            - {id: large, command: 'head -c 150001 /dev/zero | tr "\\0" y'}
            """,
            to: "jobs.yaml"
        )
        let path = folder.path
        let lines = try await ServedProcess.onThread {
            let server = try ServedProcess("--config", config, "--state", path)
            let lines = (0..<4).flatMap { _ in server.lines(through: "  succeeded  ") }
            _ = server.end(SIGTERM)
            return lines
        }
        let records = lines.filter { $0.contains("  succeeded  ") }
        #expect(records.count == 4 && records.allSatisfy { $0.hasPrefix("20") }, "\(records)")
        let text = lines.filter { !$0.hasPrefix("20") && !$0.hasPrefix("carillon") && !$0.hasPrefix("  ") }.joined()
        for word in ["one", "two", "three", "four", "five"] { #expect(text.contains(word), "\(word)") }
        #expect(text.count { $0 == "y" } == 150_001)
    }

    @Test(
        "What cannot be served is refused in one line, and the status tells why",
        arguments: [
            ("none.yaml", "state", "No such file or directory", 66),
            (".", "state", "Is a directory", 66),
            ("bad.yaml", "state", "bad.yaml:1:28: 'colour' is not a key here", 78),
            ("good.yaml", "broken.sqlite3", "file is not a database", 74),
            ("good.yaml", "good.yaml", "its folder cannot be made", 74),
        ]
    )
    func refusal(config: String, state: String, message: String, status: Int32) async throws {
        let folder = try TemporaryFolder()
        _ = try folder.write("jobs: [{id: a, command: x}]", to: "good.yaml")
        _ = try folder.write("jobs: [{id: a, command: x, colour: red}]", to: "bad.yaml")
        _ = try folder.write(String(repeating: "no database ", count: 1000), to: "broken.sqlite3")
        let path = folder.path
        let (lines, end) = try await ServedProcess.onThread {
            let server = try ServedProcess("--config", "\(path)/\(config)", "--state", "\(path)/\(state)")
            return (server.lines(through: "no line has this"), server.end())
        }
        #expect(lines.count == 1 && lines.first?.contains(message) == true, "\(lines)")
        #expect(lines.first?.hasPrefix("Error: ") == true, "\(lines)")
        #expect(end == status)
    }

    @Test("The state lies where the file says, seen from the file's folder")
    func state() async throws {
        let folder = try TemporaryFolder()
        let config = try folder.write("{state: below/there, jobs: [{id: a, command: x}]}", to: "jobs.yaml")
        let (line, status) = try await ServedProcess.onThread {
            let server = try ServedProcess("--config", config)
            return (server.line(), server.end(SIGINT))
        }
        #expect(line?.hasSuffix("state: \(folder.path)/below/there/carillon.sqlite3") == true)
        #expect(status == 0)
    }
}
