import Carillon
import CarillonSQLite
import CarillonTriggers
import Foundation

/// Five processes on one file: 10,000 occurrences, 10,000 runs, none twice.
struct ManyProcesses {
    let folder: String
    let jobs: Int
    let batch: Int
    let processes: Int

    private var path: String { "\(folder)/shared.sqlite3" }
    private static let start = Instant(seconds: 1_800_000_000)

    func measure() async throws {
        let work = try StoreWork(try await SQLiteJobStore(path: path), node: "parent")
        try await work.add(0..<jobs, at: Self.start)
        var workers: [(Process, Pipe)] = []
        for number in 0..<processes {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).standardizedFileURL
            process.arguments = ["worker", path, "node \(number)", String(batch)]
            let output = Pipe()
            process.standardOutput = output
            workers.append((process, output))
        }
        let began = ContinuousClock.now
        for (process, _) in workers { try process.run() }
        var counts: [Int] = []
        for (process, output) in workers {
            let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
            process.waitUntilExit()
            counts.append(Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? -1)
        }
        let seconds = (ContinuousClock.now - began).seconds
        try await check(work.store, counts)
        print("\n\(processes) processes on one file, \(jobs) occurrences, passes of \(batch)")
        print("runs of each: \(counts.map(String.init).joined(separator: ", ")); none twice, none missing")
        print(
            "\(seconds.tenths) s with starting the processes: \((Double(jobs) / seconds).whole) runs/s fired, taken and "
                + "completed")
    }

    private func check(_ store: any JobStore, _ counts: [Int]) async throws {
        var seen: Set<Occurrence> = []
        var page = Page<Run.ID>(limit: 1000)
        var rows: [Run]
        repeat {
            rows = try await store.runs(RunFilter(), page: page)
            for run in rows {
                guard run.state == .finished(.succeeded), run.fence == 1, run.id.attempt == 1 else {
                    throw SQLiteError(description: "run \(run.id) is \(run.state) with fence \(run.fence)")
                }
                seen.insert(run.id.occurrence)
            }
            page.after = rows.last?.id
        } while rows.count == page.limit
        guard seen.count == jobs, counts.reduce(0, +) == jobs else {
            throw SQLiteError(description: "\(seen.count) occurrences ran, the processes took \(counts)")
        }
    }

    /// What each process does: passes that fire, take and complete, until nothing is left.
    static func work(path: String, node: String, batch: Int) async throws {
        let store = try await SQLiteJobStore(path: path, lockTimeout: .seconds(60))
        let work = try StoreWork(store, node: node)
        var running: [Run] = []
        var count = 0
        while true {
            let changes = try await work.complete(running, now: Self.start, dueLimit: batch, slots: batch)
            running = changes.flatMap(\.runs).filter { $0.state == .running(node: work.node) }
            count += running.count
            if running.isEmpty { break }
        }
        await store.close()
        print(count)
    }
}
