public import Carillon

/// The capabilities of a store in a test, and those beyond the contract. A case that needs a feature that the harness
/// lacks is not applicable to its store. A harness whose features disagree with the conformances of its store fails
/// every case.
public enum StoreFeature: String, Hashable, Sendable, CaseIterable {
    /// Several handles can be opened on one storage, each as by another process.
    case severalHandles
    /// The storage outlives its handles, and can be reopened as after a crash.
    case reopening
    /// The test can set the store's clock.
    case steppableClock
    /// Processes that open the storage can be started.
    case workers
    /// The store notifies of changes: it is `ChangeNotifying`.
    case changeNotification
    /// The data of a job in the storage can be made unreadable, and repaired.
    case damage
    /// Every listing of jobs is supported. Other stores throw `unsupported` for those that they do not support.
    case allListings
    /// The store finds ended runs over all jobs: it is `RunSearching`.
    case runSearch
    /// The store counts how runs end: it is `OutcomeCounting`.
    case outcomeCounts
    /// The store groups failures of a kind: it is `FailureGrouping`.
    case failureGroups
    /// The store keeps an audit log: it is `AuditLogging`.
    case auditLog
    /// The store remembers requests: it is `RequestKeeping`.
    case requestKeys
    /// Everything can be exported from the store and imported: it is `JobTransferring`.
    case transfer

    /// Returns the features that follow from protocol conformances, and whether a store has them.
    static func conformances(of store: any JobStore) -> [(feature: StoreFeature, isThere: Bool)] {
        [
            (.changeNotification, store is any ChangeNotifying),
            (.runSearch, store is any RunSearching),
            (.outcomeCounts, store is any OutcomeCounting),
            (.failureGroups, store is any FailureGrouping),
            (.auditLog, store is any AuditLogging),
            (.requestKeys, store is any RequestKeeping),
            (.transfer, store is any JobTransferring),
        ]
    }
}

/// The data of a job in a storage that can be made unreadable.
public enum StoreDamage: Hashable, Sendable, CaseIterable {
    /// The job itself.
    case job
    /// Its open runs.
    case openRuns
    /// Its ended runs.
    case endedRuns
    /// The reasons why it was not run.
    case reasons
}

/// Creates storages for the store conformance suite: write one for your store, and run `StoreConformance.cases` on it.
public protocol StoreHarness: Sendable {
    /// The name of the store in the table of results.
    var name: String { get }

    /// The features of the harness and its store.
    var features: Set<StoreFeature> { get }

    /// Creates a fresh, empty storage. Cases run at the same time, each on its own storage.
    func makeStorage() async throws -> any StoreStorage
}

/// One storage of the store under test.
public protocol StoreStorage: Sendable {
    /// Opens a handle on the storage, independent of those that were opened before.
    func open() async throws -> any JobStore

    /// Opens a handle as after a crash: earlier handles are never used again, and were not closed. Needs
    /// `StoreFeature.reopening`.
    func reopen() async throws -> any JobStore

    /// Moves the store's clock, by which heartbeats are measured, forward or back. Needs `StoreFeature.steppableClock`.
    func stepClock(by duration: Duration) async throws

    /// Makes a part of a job's data unreadable, bypassing the store, so that every handle finds it so. Needs
    /// `StoreFeature.damage`.
    func damage(_ part: StoreDamage, of job: JobID) async throws

    /// Repairs a damaged part. Needs `StoreFeature.damage`.
    func mend(_ part: StoreDamage, of job: JobID) async throws

    /// The number of jobs that the cases use whose subject is many: 10,000, or fewer on a slow server.
    var many: Int { get }

    /// The command that starts a process that opens the storage. Needs `StoreFeature.workers`.
    var worker: StoreWorkerCommand? { get }

    /// Removes the storage; called once, at the end of the case.
    func discard() async throws
}

extension StoreStorage {
    /// 10,000.
    public var many: Int { 10_000 }

    /// Fails: the storage does not outlive its handles.
    public func reopen() async throws -> any JobStore {
        throw StoreConformanceFailure("this storage cannot be reopened, though its harness says so")
    }

    /// Fails: the store has its own clock.
    public func stepClock(by duration: Duration) async throws {
        throw StoreConformanceFailure("the clock of this store cannot be set, though its harness says so")
    }

    /// Refused: nothing can be changed past the store.
    public func damage(_ part: StoreDamage, of job: JobID) async throws {
        throw StoreConformanceFailure("the jobs of this storage cannot be damaged, though its harness says so")
    }

    /// Refused: nothing can be changed past the store.
    public func mend(_ part: StoreDamage, of job: JobID) async throws {
        throw StoreConformanceFailure("the jobs of this storage cannot be mended, though its harness says so")
    }

    /// `nil`: no processes can be started.
    public var worker: StoreWorkerCommand? { nil }

    /// Does nothing.
    public func discard() async throws {}
}

/// An executable whose main function runs `StoreWorker`, and the storage that it opens.
public struct StoreWorkerCommand: Hashable, Sendable {
    /// The path of the executable.
    public let executable: String
    /// The URL by which the executable opens the storage.
    public let storeURL: String

    /// Creates a command.
    public init(executable: String, storeURL: String) {
        self.executable = executable
        self.storeURL = storeURL
    }
}
