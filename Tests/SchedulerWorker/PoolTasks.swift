import Carillon
import CarillonTesting
import CarillonTriggers
import Foundation
import Logging

/// The tasks of a process pool's workers, most of which do to their process what no task should.
enum PoolTasks {
    struct Flaky: Error {}
    struct Broken: Error {}

    struct Text: Codable, Sendable {
        var text = ""
    }

    /// What a task knows of its run.
    struct Known: Codable, Sendable {
        var job: String
        var occurrence: String
        var attempt: Int
        var scheduled: Int64
        var failure: String?
        var isCancelled: Bool
        var process: Int32
        var session: Int32
    }

    static func register(_ host: some TaskHost) throws {
        try ExecutorConformance.registerTasks(on: host)
        try registerGood(host)
        try registerBad(host)
    }

    private static func registerGood(_ host: some TaskHost) throws {
        try host.register("nothing") { (_: TaskContext) in }
        try host.register("nothing-async") { (_: TaskContext) async in }
        try host.register("named") { (_: NoArguments, _) -> [String: String] in Self.logMetadata() }
        try host.register("named-async") { (_: NoArguments, _) async -> [String: String] in Self.logMetadata() }
        try host.register("traced") { (context: TaskContext) in context.log("traced") }
        try host.register("traced-async") { (context: TaskContext) async in context.log("traced-async") }
        try host.register("echo") { (arguments: Text, _) -> String in arguments.text }
        try host.register("echo-async") { (arguments: Text, _) async -> String in arguments.text }
        try host.register("known") { (_: NoArguments, context) -> Known in
            Known(
                job: "\(context.jobID)", occurrence: "\(context.occurrence)", attempt: context.attempt,
                scheduled: context.scheduled.microseconds, failure: context.failure?.run,
                isCancelled: context.isCancelled, process: getpid(), session: getsid(0))
        }
        try host.register("speak") { (context: TaskContext) in
            for number in 1...50 {
                context.log("line \(number)")
                context.progress(Double(number) / 50, "step \(number)")
            }
            context.output(Array("bytes".utf8) + [0xFF, 0x0A])
            context.logger.notice("from the run's logger", metadata: ["colour": "blue"])
            Logger(label: "library").warning("from a library")
            print("to standard output")
        }
        try host.register("main-actor") { (_: NoArguments, _) async -> Int in await onMainActor() }
        try host.register("process") { (_: NoArguments, _) -> String in
            // That of the process shows its first thread, which has all signals blocked while it makes another one.
            let status = try String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)
            let lines = status.split(separator: "\n").filter { $0.hasPrefix("SigBlk") || $0.hasPrefix("SigIgn") }
            let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { name in
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)")).map {
                    "\(name)=\($0)"
                }
            }
            return (lines.map(String.init) + descriptors.sorted() + ["\(WorkerEnvironment.mark ?? "no mark")"])
                .joined(separator: "\n")
        }
    }

    /// How the log lines of libraries name the run.
    private static func logMetadata() -> [String: String] {
        Logger.MetadataProvider.carillon.get().mapValues { "\($0)" }
    }

    @MainActor private static func onMainActor() -> Int { 42 }

    private static func registerBad(_ host: some TaskHost) throws {
        try host.register("flaky") { (_: TaskContext) in throw Flaky() }
        try host.register("broken") { (_: TaskContext) async throws in throw Broken() }
        try host.register("exit") { (_: TaskContext) in exit(3) }
        try host.register("crash") { (_: TaskContext) in
            // Without the runtime's report, which takes its time.
            signal(SIGSEGV, SIG_DFL)
            UnsafeMutablePointer<Int>(bitPattern: 8)?.pointee = 1
        }
        try host.register("kill") { (_: TaskContext) in kill(getpid(), SIGKILL) }
        try host.register("stop") { (_: TaskContext) in
            kill(getpid(), SIGSTOP)
            // Until the signal has reached this thread.
            while true { sleep(60) }
        }
        try host.register("block") { (_: TaskContext) in while true { sleep(60) } }
        try host.register("sleep") { (context: TaskContext) async throws in try await context.sleep(for: .seconds(3600))
        }
        try host.register("until-cancelled") { (context: TaskContext) in
            while !context.isCancelled { usleep(1000) }
            context.log("it was cancelled")
            try context.checkCancellation()
        }
        try host.register("big") { (_: NoArguments, _) -> String in String(repeating: "x", count: 50_000_000) }
        try host.register("big-error") { (_: TaskContext) in
            throw CarillonError(.unsupported, String(repeating: "x", count: 5_000_000))
        }
        try host.register("leak") { (_: TaskContext) in while open("/dev/null", O_RDONLY) >= 0 {} }
        try host.register("garbage") { (_: TaskContext) in
            let garbage = [UInt8](repeating: 0x5A, count: 4096)
            for descriptor in Int32(3)...255 { _ = write(descriptor, garbage, garbage.count) }
            while true { sleep(60) }
        }
        try host.register("forge") { (_: TaskContext) in
            // It looks like a frame: of more bytes than there may be.
            let frame: [UInt8] = [0xCA, 0x52, 1, 8, 0xFF, 0xFF, 0xFF, 0x7F, 1, 0, 0, 0]
            for descriptor in Int32(3)...255 { _ = write(descriptor, frame, frame.count) }
            while true { sleep(60) }
        }
        try host.register("close") { (_: TaskContext) in
            for descriptor in Int32(3)...255 { close(descriptor) }
        }
        try host.register("stubborn") { (_: TaskContext) async in
            while true { try? await Task.sleep(for: .seconds(60)) }
        }
    }
}

/// What a worker sees of its environment.
enum WorkerEnvironment {
    static var mark: String? { ProcessInfo.processInfo.environment["CARILLON_WORKER"] }
}
