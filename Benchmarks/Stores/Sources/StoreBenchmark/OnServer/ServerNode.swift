import Carillon
import CarillonPostgreSQL
import Foundation
import Synchronization

/// A process with a scheduler on a store, which prints how many runs have ended whenever that has changed.
enum ServerNode {
    /// Opens the store of an address.
    static func store(_ url: String) async throws -> any JobStore { try await PostgreSQLJobStore(url: url) }

    /// What the process does: it starts when it reads a line, and ends when its input does.
    static func work(url: String) async throws {
        let store = try await store(url)
        var options = SchedulerOptions()
        options.stores["default"] = store
        options.logger.logLevel = .critical
        let scheduler = AsyncScheduler(options)
        try scheduler.register("work") { (_: TaskContext) async in }
        let ended = Mutex(0)
        scheduler.addListener { event in
            if case .runEnded = event.kind { ended.withLock { $0 += 1 } }
        }
        say("ready")
        let (lines, line) = AsyncStream.makeStream(of: Void.self)
        Thread.detachNewThread {
            while readLine() != nil { line.yield() }
            line.finish()
        }
        var input = lines.makeAsyncIterator()
        _ = await input.next()
        try await scheduler.start()
        let reports = Task {
            var last = 0
            while !Task.isCancelled {
                let count = ended.withLock { $0 }
                if count != last { say("\(count)") }
                last = count
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        _ = await input.next()
        reports.cancel()
        await scheduler.shutdown()
        await store.close()
    }

    /// Not by `print`: a flush waits while another thread is in `readLine`.
    private static func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }
}

/// Processes with a scheduler each, on one store.
struct ServerNodes {
    private let processes: [(process: Process, input: Pipe)]
    private let reports: Reports

    init(_ count: Int, url: String) throws {
        let reports = Reports(nodes: count)
        self.reports = reports
        processes = try (0..<count).map { number in
            let process = Process()
            process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).standardizedFileURL
            process.arguments = ["node", url]
            let (input, output) = (Pipe(), Pipe())
            process.standardInput = input
            process.standardOutput = output
            try process.run()
            Thread.detachNewThread { reports.read(output.fileHandleForReading, of: number) }
            return (process, input)
        }
    }

    /// Starts all schedulers.
    func start() throws {
        _ = try reports.wait { $0.isReady.allSatisfy(\.self) }
        for (_, input) in processes { input.fileHandleForWriting.write(Data("\n".utf8)) }
    }

    /// Waits until so many runs have ended.
    ///
    /// - Returns: How many each node has ended.
    func wait(for total: Int) throws -> [Int] { try reports.wait { $0.counts.reduce(0, +) >= total } }

    /// Ends all processes.
    func end() {
        for (_, input) in processes { try? input.fileHandleForWriting.close() }
        for (process, _) in processes { process.waitUntilExit() }
    }

    /// What the nodes have printed.
    private final class Reports: Sendable {
        struct State {
            var isReady: [Bool]
            var counts: [Int]
            var isOver = false
        }

        private let state: Mutex<State>
        private let changed = DispatchSemaphore(value: 0)

        init(nodes: Int) {
            state = Mutex(
                State(
                    isReady: Array(repeating: false, count: nodes), counts: Array(repeating: 0, count: nodes)))
        }

        /// Reads what a node prints, until it ends.
        func read(_ output: FileHandle, of number: Int) {
            var rest = ""
            while case let bytes = output.availableData, !bytes.isEmpty {
                rest += String(decoding: bytes, as: UTF8.self)
                var lines = rest.split(separator: "\n", omittingEmptySubsequences: false)
                rest = String(lines.removeLast())
                state.withLock { state in
                    for line in lines {
                        if let count = Int(line) { state.counts[number] = count } else { state.isReady[number] = true }
                    }
                }
                changed.signal()
            }
            state.withLock { $0.isOver = true }
            changed.signal()
        }

        /// Waits until something has been printed.
        ///
        /// - Returns: How many runs each node has ended.
        func wait(until isMet: (State) -> Bool) throws -> [Int] {
            while true {
                let state = state.withLock { $0 }
                if isMet(state) { return state.counts }
                guard !state.isOver else { throw BenchmarkFailure("a node has ended before its time") }
                guard changed.wait(timeout: .now() + 120) == .success else {
                    throw BenchmarkFailure("the nodes have ended \(state.counts) runs, and none for two minutes")
                }
            }
        }
    }
}

/// Why something could not be measured.
struct BenchmarkFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
