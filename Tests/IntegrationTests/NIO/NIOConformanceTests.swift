#if NIO
import Carillon
import CarillonNIO
import CarillonTesting
import NIOCore
import NIOPosix
import Testing

#if Web
import CarillonHummingbird
#endif

/// The suites of schedulers and executors, on those of event loops.
@Suite(.timeLimit(.minutes(10))) struct NIOConformanceTests {
    private static let group = MultiThreadedEventLoopGroup.singleton
    private static let onALoop = SchedulerPlace("an event loop") {
        group.makeIterator().contains { $0.inEventLoop }
    }
    // NIO's own name for the threads of a pool.
    private static let onThreads = SchedulerPlace("a thread of a pool of SwiftNIO") {
        SchedulerPlace.threadName.hasPrefix("TP-#")
    }

    static let flavours: [SchedulerFlavour] = {
        var flavours = [
            SchedulerFlavour(
                "event loop", engine: onALoop, blockingTasks: onThreads, suspendingTasks: onThreads
            ) {
                EventLoopScheduler($0)
            } start: {
                try await $0.start()
            }
        ]
        #if Web
        flavours.append(
            SchedulerFlavour(
                "hummingbird", engine: onALoop, blockingTasks: onThreads, suspendingTasks: onALoop
            ) {
                HummingbirdScheduler($0)
            } start: {
                try await $0.start()
            })
        #endif
        return flavours
    }()

    @Test(arguments: flavours.indices, SchedulerConformance.cases)
    func conforms(_ flavour: Int, _ conformanceCase: SchedulerConformanceCase) async throws {
        try await conformanceCase.run(on: Self.flavours[flavour])
    }

    private static let harnesses: [any ExecutorHarness] = [EventLoopHarness(), ThreadPoolHarness()]

    @Test(arguments: harnesses.indices, ExecutorConformance.cases)
    func conforms(_ executor: Int, _ conformanceCase: ExecutorConformanceCase) async throws {
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
