#if Configuration
public import Carillon

/// The kinds of job store and of executor that a program can make from a configuration.
///
/// `core` has those that need nothing but Carillon itself. `builtIn` of the module `CarillonSetup` has all that the program
/// is built with, and is what a scheduler takes if nothing else is said. A program can put in its own:
///
///     var parts = SchedulerParts.builtIn
///     parts.setMaker(of: .threadPool) { setting in ThreadPoolExecutor(maxWorkers: min(setting.workers, 8)) }
///     let scheduler = try await BackgroundScheduler(configuration, parts: parts)
public struct SchedulerParts: Sendable {
    /// Opens a job store as a configuration describes it.
    public typealias StoreOpener = @Sendable (StoreSetting) async throws(CarillonError) -> any JobStore
    /// Makes an executor as a configuration describes it.
    public typealias ExecutorMaker = @Sendable (ExecutorSetting) throws(CarillonError) -> any JobExecutor

    private var openers: [StoreAddress.Kind: StoreOpener] = [:]
    private var makers: [ExecutorType: ExecutorMaker] = [:]

    /// No kinds at all.
    public init() {}

    /// Says how job stores of a kind are opened.
    public mutating func setOpener(of kind: StoreAddress.Kind, _ opener: @escaping StoreOpener) {
        openers[kind] = opener
    }

    /// Says how executors of a type are made.
    public mutating func setMaker(of type: ExecutorType, _ maker: @escaping ExecutorMaker) { makers[type] = maker }

    /// The kinds of job store that can be opened.
    public var stores: [StoreAddress.Kind] { StoreAddress.Kind.allCases.filter { openers[$0] != nil } }

    /// The types of executor that can be made.
    public var executors: [ExecutorType] { ExecutorType.allCases.filter { makers[$0] != nil } }

    /// Opens job stores by alias, all of them or none: if one cannot be opened, the others are closed.
    ///
    /// The caller closes them.
    ///
    /// - Throws: `CarillonError` with `unsupported` if the program does not have such a store, or the store's error.
    public func openStores(_ settings: [String: StoreSetting]) async throws(CarillonError) -> [String: any JobStore] {
        var stores: [String: any JobStore] = [:]
        do throws(CarillonError) {
            for (alias, setting) in settings.sorted(by: { $0.key < $1.key }) {
                guard let opener = openers[setting.address.kind] else { throw setting.address.notBuiltIn }
                stores[alias] = try await opener(setting)
            }
        } catch {
            for store in stores.values { await store.close() }
            throw error
        }
        return stores
    }

    /// Makes executors by alias.
    ///
    /// - Throws: `CarillonError` with `unsupported` if the program does not have such an executor.
    public func makeExecutors(
        _ settings: [String: ExecutorSetting]
    ) throws(CarillonError) -> [String: any JobExecutor] {
        var executors: [String: any JobExecutor] = [:]
        for (alias, setting) in settings.sorted(by: { $0.key < $1.key }) {
            guard let maker = makers[setting.type] else {
                throw setting.notBuiltIn(alias: alias, builtIn: self.executors)
            }
            executors[alias] = try maker(setting)
        }
        return executors
    }
}

extension SchedulerParts {
    /// The memory store, and the executors of the module `Carillon`.
    public static let core: SchedulerParts = {
        var parts = SchedulerParts()
        parts.setOpener(of: .memory) { _ in MemoryJobStore() }
        parts.setMaker(of: .threadPool) { ThreadPoolExecutor(maxWorkers: $0.workers) }
        parts.setMaker(of: .async) { AsyncExecutor(maxWorkers: $0.workers) }
        parts.setMaker(of: .elastic) { ElasticExecutor(maxWorkers: $0.workers) }
        parts.setMaker(of: .debug) { _ in DebugExecutor() }
        #if os(Linux)
        parts.setMaker(of: .processPool) {
            ProcessPoolExecutor(maxWorkers: $0.workers, maxTasksPerWorker: $0.maxTasksPerWorker)
        }
        #endif
        return parts
    }()
}
#endif
