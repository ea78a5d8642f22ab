#if Command
import Foundation
import Testing

@Suite("carillon serve whose store is moved, removed or replaced", .fewAtOnce)
struct LostStoreTests {
    private static let suffixes = ["", "-wal", "-shm"]

    /// A job that runs every second, and the folder of its store.
    private func configured() throws -> (folder: TemporaryFolder, config: String) {
        let folder = try TemporaryFolder()
        let jobs = "state: .\njobs:\n- {id: tick, command: 'true', trigger: interval, seconds: 1}\n"
        return (folder, try folder.write(jobs, to: "jobs.yaml"))
    }

    private static func isRun(_ line: String) -> Bool { line.contains("tick  ") && line.contains("succeeded") }

    @Test("It fires nothing there, says why, and goes on by itself when the file is put back")
    func putBack() async throws {
        let (folder, config) = try configured()
        // It goes when the test is over.
        defer { withExtendedLifetime(folder) {} }
        let (path, away) = ("\(folder.path)/jobs.sqlite", "\(folder.path)/away")
        let (trouble, after, status) = try await ServedProcess.onThread {
            let server = try ServedProcess(arguments: ["--config", config])
            _ = server.lines(through: "succeeded")
            for suffix in Self.suffixes {
                try FileManager.default.moveItem(atPath: path + suffix, toPath: away + suffix)
            }
            // The job was due, or a heartbeat.
            var trouble = server.lines(through: "was moved or removed")
            trouble += server.lines(through: "was moved or removed")
            for suffix in Self.suffixes {
                try FileManager.default.moveItem(atPath: away + suffix, toPath: path + suffix)
            }
            trouble += server.lines(through: "the job store answers again")
            let after = server.lines(through: "succeeded")
            return (trouble, after, server.end(SIGTERM))
        }
        let told = trouble.drop { !$0.contains("was moved or removed") }
        #expect(told.first?.contains("\(path) was moved or removed") == true, "\(trouble)")
        #expect(!told.contains(where: Self.isRun), "\(trouble)")
        #expect(trouble.last?.contains("the job store answers again") == true, "\(trouble)")
        #expect(after.last.map(Self.isRun) == true, "\(after)")
        #expect(status == 0)
    }

    @Test("A stop tells runs whose outcome could not be written from those that did not end")
    func unwritten() async throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let (mark, go) = ("\(folder.path)/up", "\(folder.path)/go")
        let command = "echo up > \(mark); while [ ! -e \(go) ]; do sleep 0.05; done"
        let config = try folder.write("{state: ., jobs: [{id: short, command: \"\(command)\"}]}", to: "jobs.yaml")
        let path = "\(folder.path)/jobs.sqlite"
        let (lines, status) = try await ServedProcess.onThread {
            let server = try ServedProcess("--config", config, "--shutdown-deadline", "1")
            server.waitForFile(mark)
            for suffix in Self.suffixes {
                try FileManager.default.moveItem(atPath: path + suffix, toPath: path + ".x" + suffix)
            }
            try Data().write(to: URL(filePath: go))
            _ = server.lines(through: "was moved or removed")
            server.send(SIGTERM)
            let lines = server.lines(through: "stopped")
            return (lines, server.end())
        }
        let stop = "stopped: the outcome of 1 run (short) could not be written, so it will be recovered"
        #expect(lines.last?.hasSuffix(stop) == true, "\(lines)")
        #expect(status == 0)
    }

    @Test("A second server on a new file runs the jobs alone, and the first one ends when it is asked to")
    func second() async throws {
        let (folder, config) = try configured()
        defer { withExtendedLifetime(folder) {} }
        let path = "\(folder.path)/jobs.sqlite"
        let (first, second, status) = try await ServedProcess.onThread {
            let server = try ServedProcess(arguments: ["--config", config])
            _ = server.lines(through: "succeeded")
            for suffix in Self.suffixes { try FileManager.default.removeItem(atPath: path + suffix) }
            _ = server.lines(through: "the job store failed")
            let other = try ServedProcess(arguments: ["--config", config])
            var second: [String] = []
            for _ in 0..<3 { second += other.lines(through: "succeeded") }
            server.send(SIGTERM)
            let first = server.lines(through: "stopped")
            let status = server.end()
            for _ in 0..<2 { second += other.lines(through: "succeeded") }
            _ = other.end(SIGTERM)
            return (first, second, status)
        }
        #expect(!first.contains(where: Self.isRun), "\(first)")
        #expect(second.count(where: Self.isRun) == 5, "\(second)")
        #expect(status == 0, "\(first)")
    }

    @Test("A backup in the place of the file is noticed within seconds, whether or not anything is due")
    func replaced() async throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let (path, copy) = ("\(folder.path)/jobs.sqlite", "\(folder.path)/copy")
        let config = try folder.write(
            "state: .\njobs:\n- {id: rare, command: 'true', trigger: cron, month: 1, day: 1}\n", to: "jobs.yaml")
        let lines = try await ServedProcess.onThread {
            let server = try ServedProcess(arguments: ["--config", config])
            _ = server.lines(through: "  next   ")
            let copying = Process()
            copying.executableURL = try ServedProcess.binary()
            copying.arguments = ["backup", copy, "--store", "sqlite:///\(path)"]
            copying.standardOutput = FileHandle.nullDevice
            try copying.run()
            copying.waitUntilExit()
            for suffix in ["-wal", "-shm"] { try FileManager.default.removeItem(atPath: path + suffix) }
            _ = rename(copy, path)
            let lines = server.lines(through: "was replaced by another file")
            _ = server.end(SIGTERM)
            return lines
        }
        #expect(lines.last?.contains("\(path) was replaced by another file") == true, "\(lines)")
        #expect(lines.last?.contains("to restore a backup, stop all servers first") == true, "\(lines)")
    }
}
#endif
