import CarillonSQLite
import Foundation

/// Measures the stores; see scripts/benchmark-stores.
@main
enum StoreBenchmark {
    static func main() async throws {
        let arguments = CommandLine.arguments
        if arguments.count == 5, arguments[1] == "worker" {
            try await ManyProcesses.work(path: arguments[2], node: arguments[3], batch: Int(arguments[4]) ?? 500)
            return
        }
        if arguments.count == 3, arguments[1] == "node" {
            try await ServerNode.work(url: arguments[2])
            return
        }
        if arguments.count >= 3, arguments[1] == "postgresql" {
            try await OnServer(url: arguments[2], parts: Set(arguments.dropFirst(3))).measure()
            return
        }
        let parts = Set(arguments.dropFirst())
        let folder = FileManager.default.currentDirectoryPath + "/.build/benchmark-\(getpid())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        if parts.isEmpty || parts.contains("rates") {
            try await Rates(folder: folder, jobs: 10_000, batch: 500, rounds: 7).measure()
        }
        if parts.isEmpty || parts.contains("processes") {
            try await ManyProcesses(folder: folder, jobs: 10_000, batch: 500, processes: 5).measure()
        }
        if parts.isEmpty || parts.contains("pages") {
            try await Pages(folder: folder, jobs: 1_000_000).measure()
        }
    }
}
