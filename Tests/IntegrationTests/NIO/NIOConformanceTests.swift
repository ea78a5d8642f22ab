#if NIO
import Carillon
import CarillonNIO
import CarillonTesting
import Testing

/// The suites of schedulers and executors, on those of event loops.
@Suite(.timeLimit(.minutes(10))) struct NIOConformanceTests {
    #if Web
    private static let flavours = ["event loop", "hummingbird"]
    #else
    private static let flavours = ["event loop"]
    #endif

    @Test("Schedulers conform on memory and SQLite, in a process that is their own")
    func schedulers() async throws {
        let worker = try RunningProgram("NIOWorker")
        var output = ""
        while let text = await worker.text() { output += text }
        #expect(await worker.status() == 0)
        let lines = output.split(separator: "\n")
        #expect(lines.filter { !$0.hasSuffix(": passed") } == [])
        let cases = SchedulerConformance.cases
        for flavour in Self.flavours {
            #expect(lines.count { $0.hasPrefix("\(flavour), memory: ") } == cases.count)
            #expect(
                lines.count { $0.hasPrefix("\(flavour), SQLite: ") } == cases.count { $0.group != "Cycles" })
        }
    }

    private static let harnesses: [any ExecutorHarness] = [EventLoopHarness(), ThreadPoolHarness()]

    @Test(arguments: harnesses.indices, ExecutorConformance.cases)
    func executors(_ executor: Int, _ conformanceCase: ExecutorConformanceCase) async throws {
        try await conformanceCase.run(on: Self.harnesses[executor])
    }

    private struct EventLoopHarness: ExecutorHarness {
        let name = "eventloop"

        func makeExecutor(capacity: Int) -> any JobExecutor { EventLoopExecutor(maxWorkers: capacity) }
    }

    private struct ThreadPoolHarness: ExecutorHarness {
        let name = "niothreadpool"

        func makeExecutor(capacity: Int) -> any JobExecutor { NIOThreadPoolExecutor(maxWorkers: capacity) }
    }
}
#endif
