#if Command
import Carillon
import CarillonSQLite
import CarillonTriggers
import Foundation

/// A state directory with a job store in it, and the command on it.
final class StoreFixture: Sendable {
    let folder: String
    let store: any JobStore
    /// The node that runs jobs.
    let node: NodeID

    /// - Parameter jobs: Jobs that are in it.
    init(_ jobs: [NewJob] = []) async throws {
        folder = FileManager.default.temporaryDirectory.path + "/carillon-tests-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        store = try await SQLiteJobStore(path: "\(folder)/jobs.sqlite")
        node = try NodeID("node-of-the-test")
        for start in stride(from: 0, to: jobs.count, by: 1000) {
            _ = try await store.insert(Array(jobs[start..<min(start + 1000, jobs.count)]))
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Runs `carillon` on the store.
    func carillon(
        _ arguments: String..., input: String = "", variables: [String: String] = [:]
    ) async throws -> CommandRun {
        try await carillon(arguments, input: input, variables: variables)
    }

    func carillon(
        _ arguments: [String], input: String = "", variables: [String: String] = [:]
    ) async throws -> CommandRun {
        try await CommandRun.carillon(
            arguments, variables: environment.merging(variables) { _, new in new }, input: input)
    }

    /// Nodes of tests send one heartbeat, and are believed for an hour after it, however busy the machine is.
    private var environment: [String: String] { ["STATE_DIRECTORY": folder, "CARILLON_LEASE": "3600"] }

    /// Runs it with `--json` and reads the answer.
    func json(_ arguments: String..., input: String = "") async throws -> Any {
        try await json(arguments, input: input)
    }

    func json(_ arguments: [String], input: String = "") async throws -> Any {
        // Options end where a command begins.
        let end = arguments.firstIndex(of: "--") ?? arguments.count
        let run = try await CommandRun.carillon(
            arguments[..<end] + ["--json"] + arguments[end...], variables: environment, input: input)
        return try JSONSerialization.jsonObject(with: Data(run.output.joined(separator: "\n").utf8))
    }

    /// A job of the task `shell` that is due each day at noon.
    static func job(_ id: String, tags: [String] = [], isPaused: Bool = false) throws -> NewJob {
        let definition = JobDefinition(
            task: TaskName("shell"),
            arguments: Array(#"{"command":["true"],"working_directory":"/tmp"}"#.utf8),
            trigger: try .crontab("0 12 * * *", in: Zone("Europe/Berlin")),
            tags: tags
        )
        return NewJob(id: try JobID(id), definition: definition, added: Instant(.now), isPaused: isPaused)
    }

    /// Runs a job to an end, as a node does.
    func run(
        _ id: String, _ outcome: Outcome, error: String? = nil, log: String? = nil
    ) async throws -> Run {
        let job = try JobID(id)
        try await store.runNow(job, at: Instant(.now))
        let taken = try await take(job)
        var pass = StorePass(now: Instant(.now), node: node, tasks: [])
        let result: Completion.Result = .ended(outcome, error: error, log: log.map { Array($0.utf8) })
        pass.completions = [
            Completion(run: taken.id, fence: taken.fence, finished: Instant(.now), result: result)
        ]
        _ = try await pass.run(on: store)
        return taken
    }

    /// What a run is called where people read it.
    func name(of run: String) async throws -> String {
        let show = try await carillon("runs", "show", run)
        guard let first = show.output.first, first.hasPrefix("run "), let name = first.split(separator: " ").last else {
            throw NothingTaken()
        }
        return String(name)
    }

    /// Lets the node take a ready run of a job.
    func take(_ job: JobID) async throws -> Run {
        let task = try await store.snapshot(job, at: Instant(.now)).job.definition.task
        let result = try await StorePass(now: Instant(.now), node: node, tasks: [task]).run(on: store)
        guard let run = result.taken.first(where: { $0.id.occurrence.job == job }) else { throw NothingTaken() }
        return run
    }

    struct NothingTaken: Error {}
}

extension CommandRun {
    /// What was wrong, in one line.
    var error: String { errors.joined(separator: " ") }
    var text: String { output.joined(separator: "\n") }
}
#endif
