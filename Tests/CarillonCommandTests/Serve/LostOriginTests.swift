#if Command
import Carillon
import CarillonSQLite
import CarillonTriggers
import Foundation
import Testing

@Suite("Jobs of configuration files that are renamed or gone", .fewAtOnce)
struct LostOriginTests {
    private static let jobs = """
        jobs:
        - {id: once, command: "true"}
        - {id: often, command: "true", trigger: interval, hours: 1}
        - {id: dropped, command: "true", cron: "0 0 1 1 *"}
        """

    /// Serves a file until a job of it has succeeded.
    private func serve(_ file: String, in folder: TemporaryFolder) async throws {
        _ = try await ServedProcess.onThread {
            let server = try ServedProcess("--config", file, "--state", folder.path)
            _ = server.lines(through: "succeeded")
            return server.end(SIGTERM)
        }
    }

    private func jobs(_ store: any JobStore) async throws -> [String: Job] {
        let listed = try await store.jobs(JobFilter(), page: Page<JobCursor>(limit: 10))
        return Dictionary(listed.compactMap(\.job).map { ($0.id.description, $0) }) { first, _ in first }
    }

    @Test("A file that continues another takes over its jobs with history and phase, and runs none again")
    func continues() async throws {
        let folder = try TemporaryFolder()
        let old = try folder.write(Self.jobs, to: "old.yaml")
        _ = try await ServedProcess.onThread {
            let server = try ServedProcess("--config", old, "--state", folder.path)
            _ = server.lines(through: "often")
            let lines = server.lines(through: "succeeded") + server.lines(through: "succeeded")
            return (lines, server.end(SIGTERM))
        }
        let store = try await SQLiteJobStore(path: "\(folder.path)/jobs.sqlite")
        let before = try await jobs(store)
        #expect(Set(before.keys) == ["once", "often", "dropped"])
        let runs = try await store.runs(RunFilter(), page: Page(limit: 10)).map(\.id)
        try FileManager.default.createDirectory(atPath: "\(folder.path)/new", withIntermediateDirectories: true)
        try FileManager.default.removeItem(atPath: old)
        let text = "continues: ../old.yaml\n" + Self.jobs.split(separator: "\n").dropLast().joined(separator: "\n")
        let new = try folder.write(text, to: "new/jobs.yaml")
        let lines = try await ServedProcess.onThread {
            let server = try ServedProcess("--config", new, "--state", folder.path)
            let lines = server.lines(through: "continues")
            return lines + [String(server.end(SIGTERM))]
        }
        #expect(lines.contains { $0.contains("continues \(old): jobs 'often', 'once'") }, "\(lines)")
        #expect(!lines.contains { $0.contains("give one of the two another id") })
        let after = try await jobs(store)
        #expect(Set(after.keys) == ["once", "often"])
        for (id, job) in after {
            #expect(job.definition.origin == new && job.next == before[id]?.next, "\(id)")
            #expect(job.generation == before[id]?.generation && job.added == before[id]?.added, "\(id)")
        }
        #expect(try await store.runs(RunFilter(), page: Page(limit: 10)).map(\.id) == runs)
    }

    @Test("Of a file that was renamed, the jobs that have their ids still are told as taken over, with no other advice")
    func renamed() async throws {
        let folder = try TemporaryFolder()
        let old = try folder.write(Self.jobs, to: "old.yaml")
        try await serve(old, in: folder)
        let new = "\(folder.path)/new.yaml"
        try FileManager.default.moveItem(atPath: old, toPath: new)
        let lines = try await ServedProcess.onThread {
            let server = try ServedProcess("--config", new, "--state", folder.path)
            return server.lines(through: "which is not there any more") + [String(server.end(SIGTERM))]
        }
        let words = "taken over from \(old), which is not there any more: jobs 'dropped', 'often', 'once'"
        #expect(lines.contains { $0.contains(words) }, "\(lines)")
        #expect(!lines.contains { $0.contains("another id") }, "\(lines)")
    }

    @Test("Jobs of a variable are told of by a server that does not have it")
    func variable() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("jobs: [{id: other, command: 'true'}]", to: "jobs.yaml")
        let text = #"[{"id": "a", "command": "true"}, {"id": "b", "command": "true", "cron": "0 0 1 1 *"}]"#
        let lines = try await ServedProcess.onThread {
            var lines: [[String]] = []
            for variables in [["SCHEDULER_JOBS": text], [:]] {
                let server = try ServedProcess("--config", file, "--state", folder.path, variables: variables)
                lines.append(server.lines(through: variables.isEmpty ? "$SCHEDULER_JOBS" : "succeeded"))
                server.send(SIGTERM)
                lines[lines.count - 1] += server.lines(through: "stopped")
            }
            return lines
        }
        #expect(!lines[0].contains { $0.contains("$SCHEDULER_JOBS") }, "\(lines)")
        let words = "jobs 'a', 'b' are kept by $SCHEDULER_JOBS, which this server does not have"
        let advice = "remove --origin '$SCHEDULER_JOBS'"
        #expect(lines[1].contains { $0.contains(words) && $0.contains(advice) }, "\(lines)")
    }

    @Test("Jobs of a file that is gone are told of at the start and by doctor, and removed by their file")
    func gone() async throws {
        let folder = try TemporaryFolder()
        let old = try folder.write(Self.jobs, to: "old.yaml")
        try await serve(old, in: folder)
        let variables = ["STATE_DIRECTORY": folder.path]
        let well = try await CommandRun.carillon(["doctor"], variables: variables)
        #expect(!well.text.contains("which is not there"))
        try FileManager.default.removeItem(atPath: old)
        let new = try folder.write("jobs: [{id: other, command: 'true', cron: '0 0 1 1 *'}]", to: "new.yaml")
        let lines = try await ServedProcess.onThread {
            let server = try ServedProcess("--config", new, "--state", folder.path)
            return server.lines(through: "which is not there") + [String(server.end(SIGTERM))]
        }
        let words = "jobs 'dropped', 'often', 'once' are kept by \(old), which is not there"
        #expect(lines.contains { $0.contains(words) }, "\(lines)")
        let doctor = try await CommandRun.carillon(["doctor"], variables: variables)
        #expect(doctor.text.contains(words), "\(doctor.text)")
        let planned = try await CommandRun.carillon(
            ["jobs", "remove", "--origin", old, "--dry-run"], variables: variables)
        #expect(planned.output.sorted() == ["dropped", "often", "once"].map { "'\($0)': would be removed" })
        let removed = try await CommandRun.carillon(["jobs", "remove", "--origin", old], variables: variables)
        #expect(
            removed.status == 0 && removed.output.sorted() == ["dropped", "often", "once"].map { "'\($0)': removed" })
        let store = try await SQLiteJobStore(path: "\(folder.path)/jobs.sqlite")
        #expect(Set(try await jobs(store).keys) == ["other"])
        let both = try await CommandRun.carillon(["jobs", "remove", "x", "--origin", old], variables: variables)
        #expect(both.status == 64)
    }

    @Test("A file that is still there keeps its jobs")
    func stillThere() async throws {
        let folder = try TemporaryFolder()
        let old = try folder.write(Self.jobs, to: "old.yaml")
        let new = try folder.write(
            "continues: old.yaml\njobs: [{id: other, command: 'true', cron: '0 0 1 1 *'}]", to: "new.yaml")
        let lines = try await ServedProcess.onThread {
            let first = try ServedProcess("--config", old, "--state", folder.path)
            _ = first.lines(through: "succeeded")
            _ = first.end(SIGTERM)
            let server = try ServedProcess("--config", new, "--state", folder.path)
            return server.lines(through: "is still there") + [String(server.end(SIGTERM))]
        }
        #expect(lines.contains { $0.contains("\(old) is still there, so its jobs are left to it") }, "\(lines)")
        let store = try await SQLiteJobStore(path: "\(folder.path)/jobs.sqlite")
        #expect(Set(try await jobs(store).keys) == ["once", "often", "dropped", "other"])
    }
}
#endif
