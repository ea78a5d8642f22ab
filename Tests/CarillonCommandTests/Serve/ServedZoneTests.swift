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
}
