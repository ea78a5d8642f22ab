#if Configuration
public import Carillon

/// The kinds of executor that a configuration can name, whether or not this program has them.
public enum ExecutorType: String, Hashable, Sendable, CaseIterable {
    /// A pool of threads with a fixed number of workers.
    case threadPool = "threadpool"
    /// Worker processes.
    case processPool = "processpool"
    /// A small thread for each run.
    case elastic
    /// Swift concurrency.
    case async
    /// SwiftNIO's event loops.
    case eventLoop = "eventloop"
    /// SwiftNIO's thread pool.
    case nioThreadPool = "niothreadpool"
    /// The scheduler's own executor.
    case debug

    /// The names that mean it, its own first; the second is the one it has in APScheduler.
    public var names: [String] {
        switch self {
        case .elastic: ["elastic", "gevent"]
        case .async: ["async", "asyncio"]
        case .eventLoop: ["eventloop", "tornado"]
        case .nioThreadPool: ["niothreadpool", "twisted"]
        case .threadPool, .processPool, .debug: [rawValue]
        }
    }

    /// The names of all kinds.
    static let allNames = allCases.flatMap(\.names)

    /// The kind that a name means; upper and lower case are not the same.
    init?(name: String) {
        guard let type = Self.allCases.first(where: { $0.names.contains(name) }) else { return nil }
        self = type
    }

    /// How many runs it has at once where nothing is said; nothing where the number is not the configuration's.
    public var defaultWorkers: Int? {
        switch self {
        case .threadPool: 10
        case .processPool: 5
        case .elastic: 10_000
        case .async, .eventLoop: 1000
        case .nioThreadPool: 10
        case .debug: nil
        }
    }

    /// The most runs that it may have at once: a pool keeps its threads, while others may be told any number that a
    /// machine could bear.
    var mostWorkers: Int { self == .threadPool || self == .nioThreadPool ? 10_000 : 1_000_000 }
}

/// What a configuration says of an executor.
public struct ExecutorSetting: Hashable, Sendable {
    /// What kind it is.
    public var type: ExecutorType
    /// How many runs it has at once, from 1; the kind's own number where nothing is given.
    public var maxWorkers: Int?

    /// After how many runs a worker process is replaced; nothing for never.
    public var maxTasksPerWorker: Int?

    /// Takes all.
    public init(type: ExecutorType, maxWorkers: Int? = nil, maxTasksPerWorker: Int? = nil) {
        self.type = type
        self.maxWorkers = maxWorkers ?? type.defaultWorkers
        self.maxTasksPerWorker = maxTasksPerWorker
    }

    /// How many runs it has at once: what is given, or else the kind's own number.
    public var workers: Int { maxWorkers ?? type.defaultWorkers ?? 1 }

    /// What to tell a user who starts with an executor that this program does not have.
    ///
    /// - Parameters:
    ///   - alias: What the configuration calls it.
    ///   - builtIn: The kinds that the program has.
    public func notBuiltIn(alias: String, builtIn: [ExecutorType]) -> CarillonError {
        let names = builtIn.flatMap(\.names).joined(separator: ", ")
        return CarillonError(
            .unsupported,
            "the executor '\(alias)' is of the type '\(type.rawValue)', which this program was built without; "
                + "it has \(names)"
        )
    }
}
#endif
