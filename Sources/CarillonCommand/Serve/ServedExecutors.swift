#if Command
import Carillon
import CarillonConfiguration

/// The executors of a server.
enum ServedExecutors {
    /// How many runs are at work at once where nothing is configured: each may be a command.
    static let usualWorkers = 100

    /// Those of a configuration by alias, and one of Swift concurrency as `default` where it has none.
    ///
    /// - Parameter environment: What commands inherit; that of the process where nothing is given.
    /// - Throws: `CommandFailure` where this command has no such kind.
    static func of(
        _ configuration: Configuration, environment: CommandEnvironment? = nil
    ) throws(CommandFailure) -> [String: any JobExecutor] {
        var executors: [String: any JobExecutor] = ["default": AsyncExecutor(maxWorkers: usualWorkers)]
        for (alias, setting) in configuration.executors.sorted(by: { $0.key < $1.key }) {
            switch setting.type {
            case .threadPool: executors[alias] = ThreadPoolExecutor(maxWorkers: setting.maxWorkers ?? 10)
            case .async: executors[alias] = AsyncExecutor(maxWorkers: setting.maxWorkers ?? 1000)
            case .elastic: executors[alias] = ElasticExecutor(maxWorkers: setting.maxWorkers ?? 10_000)
            case .debug: executors[alias] = DebugExecutor()
            #if os(Linux)
            case .processPool:
                executors[alias] = ProcessPoolExecutor(
                    maxWorkers: setting.maxWorkers ?? 5, maxTasksPerWorker: setting.maxTasksPerWorker, program: nil,
                    hiding: { environment?.hiddenNames ?? [] })
            #else
            case .processPool: throw isMissing(setting, alias)
            #endif
            case .eventLoop, .nioThreadPool:
                throw isMissing(setting, alias)
            }
        }
        return executors
    }

    private static func isMissing(_ setting: ExecutorSetting, _ alias: String) -> CommandFailure {
        CommandFailure(.badConfiguration, setting.notBuiltIn(alias: alias, builtIn: BuiltIn.executors).description)
    }
}
#endif
