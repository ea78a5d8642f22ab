import Carillon

/// What is measured, by the names that `scheduler-benchmark --measure` takes.
enum Measurement: String, CaseIterable {
    case burstThreads = "burst-threads"
    case burstAsync = "burst-async"
    case burstThreadsRemoved = "burst-threads-removed"
    case burstAsyncRemoved = "burst-async-removed"
    #if !OLDER
    case burstEventLoop = "burst-eventloop"
    case aloneEventLoop = "alone-eventloop"
    case elasticThreads = "elastic-threads"
    case elasticSeconds = "elastic-seconds"
    case processPool = "processpool"
    #endif
    case aloneThreads = "alone-threads"
    case aloneAsync = "alone-async"
    case lateness
    case timer
    case rate
    case oneShot = "one-shot"
    case sqliteRuns = "sqlite-runs"
    case sqliteAdds = "sqlite-adds"
    case sqliteBurst = "sqlite-burst"
    case heartbeat
    case year
    case growth1k = "growth-1000"
    case growth10k = "growth-10000"
    case growth100k = "growth-100000"
    case growth1M = "growth-1000000"

    /// A burst of 100,000 jobs on an executor.
    static func burst(_ kind: Burst.Kind) -> Measurement {
        switch kind {
        case .threads: .burstThreads
        case .async: .burstAsync
        #if !OLDER
        case .eventLoop: .burstEventLoop
        #endif
        }
    }

    /// The same executor alone.
    static func alone(_ kind: Burst.Kind) -> Measurement {
        switch kind {
        case .threads: .aloneThreads
        case .async: .aloneAsync
        #if !OLDER
        case .eventLoop: .aloneEventLoop
        #endif
        }
    }

    /// The figures, by name.
    func figures() async throws -> [String: Double] {
        switch self {
        case .burstThreads: try await Self.burst(on: .threads)
        case .burstAsync: try await Self.burst(on: .async)
        case .burstThreadsRemoved: try await Self.burst(on: .threads, removesJobs: true)
        case .burstAsyncRemoved: try await Self.burst(on: .async, removesJobs: true)
        case .aloneThreads: ["rate": try await Self.jobs.bareRate(.threads)]
        case .aloneAsync: ["rate": try await Self.jobs.bareRate(.async)]
        case .lateness: ["p50": try await Self.idle.measure().lateness.quantile(0.5)]
        case .timer: ["p50": Self.idle.timer().quantile(0.5)]
        case .rate: try await Self.steady()
        case .oneShot: ["p50": try await OneShot(count: 1000).measure().quantile(0.5)]
        #if !OLDER
        case .burstEventLoop: try await Self.burst(on: .eventLoop)
        case .aloneEventLoop: ["rate": try await Self.jobs.bareRate(.eventLoop)]
        case .elasticThreads: try await Self.elasticThreads()
        case .elasticSeconds: try await Self.elasticSeconds()
        case .processPool: ["rate": try await WorkerProcesses(jobs: 20_000).rate()]
        #endif
        case .sqliteRuns: try await OnSQLite.runs()
        case .sqliteAdds: try await OnSQLite.adds()
        case .sqliteBurst: try await OnSQLite.burst()
        case .heartbeat: try await OnSQLite.heartbeat()
        case .year: try await Self.year()
        case .growth1k: try await OnSQLite.growth(1000)
        case .growth10k: try await OnSQLite.growth(10_000)
        case .growth100k: try await OnSQLite.growth(100_000)
        case .growth1M: try await OnSQLite.growth(1_000_000)
        }
    }

    private static let jobs = Burst(jobs: 100_000)
    private static let idle = Lateness(rate: 100, seconds: 10)

    private static func burst(on kind: Burst.Kind, removesJobs: Bool = false) async throws -> [String: Double] {
        let rates = try await Burst(jobs: jobs.jobs, removesJobs: removesJobs).rates(kind)
        return ["written": rates.written, "cpu": rates.cpu]
    }

    #if !OLDER
    private static let blocking = Elastic(jobs: 10_000)

    private static func elasticThreads() async throws -> [String: Double] {
        let result = try await blocking.threads()
        return ["rate": result.rate, "memory": result.memory]
    }

    private static func elasticSeconds() async throws -> [String: Double] {
        let result = try await blocking.seconds()
        return ["seconds": result.duration, "memory": result.memory]
    }
    #endif

    private static func year() async throws -> [String: Double] {
        // A fifth of it tells as much.
        ["cpu": 5 * (try await SimulatedYear(days: 73).measure())]
    }

    private static func steady() async throws -> [String: Double] {
        let result = try await Lateness(rate: 5000, seconds: 10).measure()
        return [
            "started": Double(result.started), "expected": Double(result.expected),
            "not-run": Double(result.notRun.count), "p99": result.lateness.quantile(0.99),
        ]
    }
}
