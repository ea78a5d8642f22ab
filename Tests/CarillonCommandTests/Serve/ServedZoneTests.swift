#if Command
import CarillonTriggers
import Foundation
import Testing

/// The rules of a time zone are replaced, as an update of the system's package does.
@Suite("Time zone data that is replaced", .fewAtOnce)
struct ServedZoneTests {
    /// A folder of zone files of the test's own, made by zic(8).
    private struct Zones: Sendable {
        let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder() }

        /// Makes the zone `Test/Here` one with an offset from UTC, in words of zic.
        func make(_ offset: String) throws {
            let source = try folder.write("Zone Test/Here \(offset) - HERE\n", to: "source")
            let zic = Process()
            zic.executableURL = URL(filePath: "/usr/sbin/zic")
            zic.arguments = ["-d", "\(folder.path)/zones", source]
            try zic.run()
            zic.waitUntilExit()
            try #require(zic.terminationStatus == 0)
        }

        var variables: [String: String] { ["TZDIR": "\(folder.path)/zones"] }
    }

    private static let configuration = """
        jobs:
          - id: noon
            cron: "0 12 * * *"
            timezone: Test/Here
            command: [echo, hello]
        """

    /// When the job `noon` is due next, in UTC.
    private static func due(_ state: String, _ zones: Zones) async throws -> String {
        let run = try await CommandRun.carillon(
            ["jobs", "show", "noon", "--json", "-z", "UTC"],
            variables: zones.variables.merging(["STATE_DIRECTORY": state]) { $1 })
        return run.output.joined()
    }

    @Test("A server that is started anew, or is sent SIGHUP, goes by the new rules")
    func replaced() async throws {
        let zones = try Zones()
        try zones.make("3:00")
        let state = try TemporaryFolder()
        let file = try state.write(Self.configuration, to: "jobs.yaml")
        let arguments = ["--config", file, "--state", state.path]
        let variables = zones.variables
        let first = try await ServedProcess.onThread {
            let server = try ServedProcess(arguments: arguments, variables: variables)
            let lines = server.lines(through: "noon")
            _ = server.end(SIGTERM)
            return lines
        }
        #expect(try await Self.due(state.path, zones).contains("T09:00:00"), "\(first)")
        // While no server runs.
        try zones.make("4:00")
        let doctor = try await CommandRun.carillon(
            ["doctor"], variables: variables.merging(["STATE_DIRECTORY": state.path]) { $1 })
        #expect(doctor.output.contains { $0.contains("'noon'") && $0.contains("triggers give now") }, "\(doctor)")
        let moved = "next times of 'noon'"
        let seen = try await ServedProcess.onThread {
            let server = try ServedProcess(arguments: arguments, variables: variables)
            let start = server.lines(through: moved)
            try zones.make("6:00")
            server.send(SIGHUP)
            // It looks at the zones before it reads the file, and not when it next does so by itself.
            let reloaded = server.lines(through: "  reloaded ")
            let hasLooked = reloaded.contains { $0.contains("other rules than before for 'Test/Here'") }
            let all = start + ["SIGHUP"] + reloaded
            let rest = reloaded.contains { $0.contains(moved) } ? [] : server.lines(through: moved)
            _ = server.end(SIGTERM)
            return hasLooked ? all + rest : ["SIGHUP was not followed"] + all + rest
        }
        #expect(seen.count { $0.contains(moved) } == 2 && seen.first != "SIGHUP was not followed", "\(seen)")
        #expect(try await Self.due(state.path, zones).contains("T06:00:00"), "\(seen)")
    }

    @Test("A running server notices by itself within a minute")
    func noticed() async throws {
        let zones = try Zones()
        try zones.make("3:00")
        let state = try TemporaryFolder()
        let file = try state.write(Self.configuration, to: "jobs.yaml")
        let path = state.path
        let variables = zones.variables
        let seen = try await ServedProcess.onThread { [zones] in
            let server = try ServedProcess(arguments: ["--config", file, "--state", path], variables: variables)
            _ = server.lines(through: "noon")
            try zones.make("6:00")
            var lines: [String] = []
            while let line = server.line(within: .seconds(240)) {
                lines.append(line)
                if line.contains("next times of 'noon'") { break }
            }
            _ = server.end(SIGTERM)
            return lines
        }
        #expect(seen.contains { $0.contains("other rules than before for 'Test/Here'") }, "\(seen)")
        #expect(try await Self.due(state.path, zones).contains("T06:00:00"), "\(seen)")
    }

    // MARK: The zone of the machine

    private static let local = """
        timezone: local
        jobs:
          - id: noon
            cron: "0 12 * * *"
            command: [echo, hello]
          - id: named
            cron: "0 12 * * *"
            timezone: local
            command: [echo, hello]
        """

    /// Where the server finds what `local` is.
    enum Place: String, CaseIterable, Sendable {
        /// The file that TZ names.
        case variable
        /// /etc/localtime, which is another file for this server alone.
        case localtime
    }

    private static func launcher(_ place: Place, _ file: String) -> [String] {
        guard place == .localtime else { return [] }
        let script = "mount --bind '\(file)' \"$(readlink -f /etc/localtime)\" && unset TZ && exec \"$0\" \"$@\""
        return ["/usr/bin/unshare"] + (geteuid() == 0 ? [] : ["-r"]) + ["-m", "/bin/sh", "-c", script]
    }

    @Test("Of a machine whose zone is changed, a restart and SIGHUP take the new one", arguments: Place.allCases)
    func localZone(_ place: Place) async throws {
        let zones = try Zones()
        let state = try TemporaryFolder()
        let file = try state.write(Self.local, to: "jobs.yaml")
        let zone = "\(state.path)/localtime"
        let launcher = Self.launcher(place, zone)
        let variables = place == .variable ? ["TZ": ":\(zone)"] : [:]
        /// Writes into the file, as what is mounted there is this file.
        @Sendable func set(_ offset: String) throws {
            try zones.make(offset)
            let bytes = try Data(contentsOf: URL(filePath: "\(zones.folder.path)/zones/Test/Here"))
            if !FileManager.default.fileExists(atPath: zone) { try Data().write(to: URL(filePath: zone)) }
            let handle = try #require(FileHandle(forWritingAtPath: zone))
            try handle.truncate(atOffset: 0)
            try handle.write(contentsOf: bytes)
            try handle.close()
        }
        func due() async throws -> [String] {
            var times: [String] = []
            for id in ["noon", "named"] {
                let run = try await CommandRun.carillon(
                    ["jobs", "show", id, "--json", "-z", "UTC"],
                    variables: variables.merging(["STATE_DIRECTORY": state.path]) { $1 }, launcher: launcher)
                let time = run.text.firstMatch(of: /"next_due":"\d+-\d+-\d+T(\d\d:\d\d)/)?.output.1
                times.append(time.map(String.init) ?? "\(run)")
            }
            return times
        }
        try set("3:00")
        let arguments = ["--config", file, "--state", state.path]
        let first = try await ServedProcess.onThread {
            let server = try ServedProcess(arguments: arguments, variables: variables, launcher: launcher)
            let lines = server.lines(through: "noon")
            _ = server.end(SIGTERM)
            return lines
        }
        #expect(try await due() == ["09:00", "09:00"], "\(first)")
        try set("4:00")
        let seen = try await ServedProcess.onThread {
            let server = try ServedProcess(arguments: arguments, variables: variables, launcher: launcher)
            let start = server.lines(through: "next times of")
            try set("6:00")
            server.send(SIGHUP)
            let reloaded = server.lines(through: "next times of")
            _ = server.end(SIGTERM)
            return (start: start, reloaded: reloaded)
        }
        for lines in [seen.start, seen.reloaded] {
            let words = lines.last { $0.contains("next times of") } ?? ""
            #expect(words.contains("'noon'") && words.contains("'named'"), "\(lines)")
        }
        #expect(try await due() == ["06:00", "06:00"], "\(seen)")
    }

    @Test("A configuration with another zone is followed at SIGHUP by jobs, old and new, and by the times of lines")
    func otherZone() async throws {
        let state = try TemporaryFolder()
        let job = "{command: [echo, hello], cron: \"0 12 * * *\", id: "
        let file = try state.write("timezone: Europe/Berlin\njobs:\n  - \(job)old}\n", to: "jobs.yaml")
        let seen = try await ServedProcess.onThread {
            let server = try ServedProcess(arguments: ["--config", file, "--state", state.path])
            let start = server.lines(through: "old")
            _ = try state.write(
                "timezone: Asia/Tokyo\njobs:\n  - \(job)old}\n  - \(job)new}\n", to: "jobs.yaml")
            server.send(SIGHUP)
            let reloaded = server.lines(through: "reloaded")
            _ = server.end(SIGTERM)
            return (start: start, reloaded: reloaded)
        }
        #expect(seen.reloaded.contains { $0.contains("1 added (new), 1 changed (old)") }, "\(seen)")
        #expect(seen.reloaded.contains { $0.contains("go by Asia/Tokyo from here on") }, "\(seen)")
        for id in ["old", "new"] {
            let run = try await CommandRun.carillon(
                ["jobs", "show", id, "--json", "-z", "UTC"], variables: ["STATE_DIRECTORY": state.path])
            #expect(run.text.contains("T03:00:00"), "\(run)")
        }
    }

    // MARK: The repeated hour

    /// How long after now clocks are set back by an hour, in seconds.
    @Test(
        "The lines of a server have the offset in the hour that clocks show twice, and stand in order",
        arguments: [-600, 3, 600])
    func repeatedHour(seconds: Int64) async throws {
        let zones = try TemporaryFolder()
        let change = Instant(seconds: Instant(.now).flooredSeconds + seconds)
        // zic reads the end of the first offset by the clock that shows it.
        let wall = Instant(seconds: change.flooredSeconds + 7200).formatted(in: .utc)
        let parts = wall.prefix(19).split { "-T".contains($0) }.map(String.init)
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let month = months[try #require(Int(parts[1])) - 1]
        let source = try zones.write(
            "Zone Test/Back 2:00 - TWO \(parts[0]) \(month) \(parts[2]) \(parts[3])\n 1:00 - ONE\n", to: "source")
        let zic = try Process.run(URL(filePath: "/usr/sbin/zic"), arguments: ["-d", "\(zones.path)/zones", source])
        zic.waitUntilExit()
        try #require(zic.terminationStatus == 0)
        let state = try TemporaryFolder()
        let file = try state.write(
            """
            timezone: Test/Back
            jobs: [{id: tick, trigger: interval, seconds: 1, command: ["true"]}]
            """, to: "jobs.yaml")
        let variables = ["TZDIR": "\(zones.path)/zones"]
        let lines = try await ServedProcess.onThread {
            let server = try ServedProcess(
                arguments: ["--config", file, "--state", state.path], variables: variables)
            var lines: [String] = []
            while let line = server.line() {
                if line.contains("  tick  succeeded") { lines.append(line) }
                let last = Instant(.now).flooredSeconds
                if lines.count >= 2, abs(seconds) > 60 || last > change.flooredSeconds + 2 { break }
            }
            _ = server.end(SIGTERM)
            return lines
        }
        let times = lines.compactMap { line in
            line.wholeMatch(of: /(\S+ \S+) (\+0[12]:00)  tick  succeeded.*/).flatMap {
                Moment("\($0.output.1)\($0.output.2)")
            }
        }.map { $0.instant(in: .utc) }
        #expect(times.count == lines.count && times.count >= 2, "\(lines)")
        #expect(times == times.sorted(), "\(lines)")
        let offsets = Set(lines.map { String($0.split(separator: " ")[2]) })
        let expected: Set<String> = abs(seconds) < 60 ? ["+02:00", "+01:00"] : [seconds > 0 ? "+02:00" : "+01:00"]
        #expect(offsets.isSubset(of: expected), "\(lines)")
        if abs(seconds) < 60 { #expect(lines.last?.contains(" +01:00  tick") == true, "\(lines)") }
        let list = try await CommandRun.carillon(
            ["runs", "list"], variables: variables.merging(["STATE_DIRECTORY": state.path]) { $1 })
        let names = list.output.dropFirst().compactMap { $0.split(separator: " ").dropFirst().first.map(String.init) }
        let scheduled = names.compactMap { Moment(String($0.dropFirst("tick/".count))) }.map { $0.instant(in: .utc) }
        #expect(scheduled.count == names.count && scheduled == scheduled.sorted(by: >), "\(list)")
    }
}
#endif
