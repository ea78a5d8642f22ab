import Foundation
import Synchronization

/// A worker process.
struct WorkerProcess: Sendable {
    /// How a worker ended.
    enum End: Hashable, Sendable {
        case exited(Int32)
        case killed(Int32)
    }

    private static let limit = Duration.seconds(600)

    /// Starts a worker and waits for its end.
    ///
    /// - Throws: `StoreConformanceFailure` if it cannot be started, or does not end within ten minutes.
    static func run(_ command: StoreWorkerCommand, _ options: StoreWorkerOptions) async throws -> End {
        var options = options
        options.store = command.storeURL
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command.executable)
        process.arguments = options.arguments
        let (ends, continuation) = AsyncStream.makeStream(of: End.self)
        process.terminationHandler = { process in
            let status = process.terminationStatus
            continuation.yield(process.terminationReason == .exit ? .exited(status) : .killed(status))
            continuation.finish()
        }
        do {
            try process.run()
        } catch {
            throw StoreConformanceFailure("\(command.executable) cannot be started: \(error)")
        }
        let isLate = Mutex(false)
        let watchdog = Task {
            try await Task.sleep(for: limit)
            isLate.withLock { $0 = true }
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        }
        defer { watchdog.cancel() }
        let end = await ends.first { _ in true }
        if isLate.withLock({ $0 }) { throw StoreConformanceFailure("a worker did not end within \(limit)") }
        return end ?? .exited(-1)
    }
}
