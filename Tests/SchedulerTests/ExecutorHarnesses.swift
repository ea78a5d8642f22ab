import Carillon
import CarillonTesting

/// The executors that the suite judges.
enum ExecutorHarnesses {
    static let all: [any ExecutorHarness] = {
        let all: [any ExecutorHarness] = [
            ThreadPoolHarness(), AsyncHarness(), ElasticHarness(), DebugHarness(), OneByOneHarness(),
        ]
        #if os(Linux)
        return all + [ProcessPoolHarness()]
        #else
        return all
        #endif
    }()

    #if os(Linux)
    private struct ProcessPoolHarness: ExecutorHarness {
        let name = "processpool"
        let inabilities: [ExecutorAbility: String] = [
            .keepsStubbornRuns: "it kills the worker of a run that does not end when it is asked to"
        ]

        func makeExecutor(capacity: Int) -> any JobExecutor {
            ProcessPoolExecutor(maxWorkers: capacity, program: [PoolBench.worker], processors: 64)
        }
    }
    #endif

    private struct ThreadPoolHarness: ExecutorHarness {
        let name = "threadpool"

        func makeExecutor(capacity: Int) -> any JobExecutor { ThreadPoolExecutor(maxWorkers: capacity) }
    }

    private struct AsyncHarness: ExecutorHarness {
        let name = "async"

        func makeExecutor(capacity: Int) -> any JobExecutor { AsyncExecutor(maxWorkers: capacity) }
    }

    private struct ElasticHarness: ExecutorHarness {
        let name = "elastic"

        func makeExecutor(capacity: Int) -> any JobExecutor { ElasticExecutor(maxWorkers: capacity) }
    }

    private struct DebugHarness: ExecutorHarness {
        let name = "debug"
        let inabilities: [ExecutorAbility: String] = [
            .returnsAtOnce: "it performs runs on the scheduler's own executor, one after the other",
            .hasThreads: "it has no threads",
        ]

        func makeExecutor(capacity: Int) -> any JobExecutor { DebugExecutor() }
    }
}
