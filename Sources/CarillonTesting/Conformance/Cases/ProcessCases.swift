import Carillon
import CarillonTriggers
import Foundation

extension StoreConformance {
    static let processes = group("Several processes") { group in
        for count in 2...5 {
            group.add("\(count) processes claim together: every occurrence once", needs: [.workers]) { bench in
                let scene = try await ProcessScene(bench)
                let ends = try await scene.run((0..<count).map { scene.options(node: "worker-\($0)") })
                try expectEqual(ends, Array(repeating: .exited(0), count: count), "how the workers ended")
                let starts = try scene.starts()
                try await scene.checkPromises()
                try expectEqual(starts.count, ProcessScene.occurrences, "runs that began")
                try expectEqual(Set(starts.map(\.run)).count, ProcessScene.occurrences, "different runs that began")
            }
        }
    }

    static let crashes = group("Killed at a crash point") { group in
        for point in CrashPoint.allCases {
            // A worker recovers once, when it starts.
            for after in point == .inRecovery ? [1] : [1, 4] {
                group.add("\(point.rawValue), time \(after)", needs: [.workers]) { bench in
                    let scene = try await ProcessScene(bench)
                    if point == .inRecovery { try await scene.crash("worker-0", at: .afterCommit, after: 2) }
                    try await scene.crash("worker-1", at: point, after: after)
                    let ends = try await scene.run([scene.options(node: "worker-2"), scene.options(node: "worker-3")])
                    try expectEqual(ends, [.exited(0), .exited(0)], "how those that came after ended")
                    try await scene.checkAdditions(of: "worker-1", at: point, after: after)
                    try await scene.checkPromises()
                }
            }
        }
    }
}

/// Jobs whose occurrences all lie in the past, and workers that run them.
private struct ProcessScene: Sendable {
    static let jobs = 10
    static let occurrencesPerJob = 20
    static let occurrences = jobs * occurrencesPerJob

    let bench: ConformanceBench
    private let command: StoreWorkerCommand
    private let startsPath: String
    private let begin: Instant

    struct Start {
        let run: String
        let fence: Int64
    }

    init(_ bench: ConformanceBench) async throws {
        self.bench = bench
        command = try require(bench.storage.worker, "the worker of a harness that says it has some")
        startsPath = FileManager.default.temporaryDirectory.appendingPathComponent("carillon-starts-\(UUID())").path
        try Data().write(to: URL(fileURLWithPath: startsPath))
        // Times are the system's here, because workers have no other clock.
        begin = Instant(seconds: SystemClock().now.microseconds / 1_000_000 - 3600)
        let end = begin.advanced(byMicroseconds: Int64(Self.occurrencesPerJob - 1) * 1_000_000)
        let trigger = try Trigger.interval(seconds: 1, start: begin.date, end: end.date)
        for number in 0..<Self.jobs {
            let definition = try bench.definition(trigger: trigger) { policies in
                policies.coalesce = .all
                policies.maxInstances = 1 + number % 3
            }
            let job = NewJob(id: try JobID("job \(number)"), definition: definition, added: begin)
            try expect(try await bench.store.insert([job]).first ?? nil != nil, "job \(number) was not added")
        }
    }

    func options(node: String) -> StoreWorkerOptions {
        var options = StoreWorkerOptions()
        options.node = node
        options.starts = startsPath
        options.slots = 4
        return options
    }

    /// Runs workers together and returns how they ended.
    func run(_ workers: [StoreWorkerOptions]) async throws -> [WorkerProcess.End] {
        try await withThrowingTaskGroup(of: (Int, WorkerProcess.End).self) { group in
            for (index, options) in workers.enumerated() {
                group.addTask { (index, try await WorkerProcess.run(command, options)) }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }.sorted { $0.key < $1.key }.map(\.value)
        }
    }

    /// Runs a worker that kills itself.
    func crash(_ node: String, at point: CrashPoint, after count: Int) async throws {
        var options = options(node: node)
        options.crash = point
        options.after = count
        try expectEqual(try await run([options]), [.killed(SIGKILL)], "how \(node) ended")
    }

    func starts() throws -> [Start] {
        let text = try String(contentsOfFile: startsPath, encoding: .utf8)
        return text.split(separator: "\n").compactMap { line in
            // Job ids contain spaces here.
            let words = line.split(separator: " ")
            guard words.count > 2, let fence = Int64(words[words.count - 2]) else { return nil }
            return Start(run: words.dropLast(2).joined(separator: " "), fence: fence)
        }
    }

    /// Checks that a job that a killed worker was adding exists whole or not at all, that all others that it added
    /// exist, and that each of them runs once.
    func checkAdditions(of node: String, at point: CrashPoint, after count: Int) async throws {
        guard point == .inAddition else { return }
        let added = try await bench.allJobs().map(\.id.description).filter { $0.hasPrefix(StoreWorker.additionPrefix) }
        try expect((count - 1...count).contains(added.count), "\(added) are there of \(count) that \(node) added")
        for name in added {
            try expectEqual(try await bench.job(name).state, .ended, "state of '\(name)'")
            try expectEqual(try await bench.runs(name).map(\.state), [.finished(.succeeded)], "runs of '\(name)'")
        }
    }

    /// Checks that every occurrence has one run and one outcome; that a run started again only after its node had died,
    /// each time with a higher fence; that no run is open, and that every job has ended.
    func checkPromises() async throws {
        let starts = Dictionary(grouping: try starts(), by: \.run)
        try FileManager.default.removeItem(atPath: startsPath)
        let times = (0..<Int64(Self.occurrencesPerJob)).map { begin.advanced(byMicroseconds: $0 * 1_000_000) }
        for number in 0..<Self.jobs {
            let name = "job \(number)"
            let snapshot = try await bench.snapshot(name)
            try expectEqual(snapshot.job.state, .ended, "state of \(name)")
            try expectEqual(snapshot.open, [], "open runs of \(name)")
            try expectEqual(try await bench.reasons(name), [], "reasons of \(name)")
            let runs = try await bench.runs(name)
            try expectEqual(runs.map(\.id.occurrence.scheduled), times, "scheduled times of the runs of \(name)")
            for run in runs {
                try expectEqual(run.state, .finished(.succeeded), "state of \(run.id)")
                let began = starts[run.id.description] ?? []
                let fences = began.map(\.fence)
                try expect(!began.isEmpty, "\(run.id) never began")
                try expectEqual(Set(fences).count, fences.count, "different fences of \(run.id)")
                try expect(began.count <= 1 + run.recoveries, "\(run.id) began \(began.count) times")
                try expect(fences.contains(run.fence), "\(run.id) has the outcome of a take that never began")
            }
        }
    }
}
