public import Carillon

/// What a store can be made to do in a test, and what it can do beyond the contract. A case that needs what a harness has
/// not is not applicable to its store. A harness that says otherwise than its store conforms to fails every case.
public enum StoreFeature: String, Hashable, Sendable, CaseIterable {
    /// Several handles can be opened on one storage, each as another process would.
    case severalHandles
    /// The storage outlives its handles, and can be opened anew as after a crash.
    case reopening
    /// The test sets the store's clock.
    case steppableClock
    /// Processes can be started that open the storage.
    case workers
    /// The store tells of changes: it is `ChangeNotifying`.
    case changeNotification
    /// What the storage has of a job can be made unreadable, and mended.
    case damage
    /// Every listing of jobs is answered. A store without it refuses, with `unsupported`, those that it cannot make.
    case allListings
    /// The store finds ended runs over all jobs: it is `RunSearching`.
    case runSearch
    /// The store counts how runs end: it is `OutcomeCounting`.
    case outcomeCounts
    /// The store puts failures of a kind together: it is `FailureGrouping`.
    case failureGroups
    /// The store keeps an audit log: it is `AuditLogging`.
    case auditLog
    /// The store remembers requests: it is `RequestKeeping`.
    case requestKeys
    /// Everything can be moved from the store and to it: it is `JobTransferring`.
    case transfer

    /// The features that a store has because of what it conforms to, and whether it does.
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

/// What a storage has of a job that can be made unreadable.
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

/// Makes storages for the store conformance suite: write one for your store, and run `StoreConformance.cases` on it.
public protocol StoreHarness: Sendable {
    /// The name of the store, as the table of results has it.
    var name: String { get }

    /// What the harness can do.
    var features: Set<StoreFeature> { get }

    /// A fresh, empty storage. Cases run at the same time, each on its own storage.
    func makeStorage() async throws -> any StoreStorage
}

/// One storage of the store under test.
public protocol StoreStorage: Sendable {
    /// A handle on the storage, independent of those that were opened before.
    func open() async throws -> any JobStore

    /// A handle as after a crash: those opened before are never used again, and were not asked to close.
    /// Needs `StoreFeature.reopening`.
    func reopen() async throws -> any JobStore

    /// Sets the store's clock, which heartbeats are measured by, on or back. Needs `StoreFeature.steppableClock`.
    func stepClock(by duration: Duration) async throws

    /// Makes a part of what the storage has of a job unreadable, past the store, so that every handle finds it so. Needs
    /// `StoreFeature.damage`.
    func damage(_ part: StoreDamage, of job: JobID) async throws

    /// Makes what was damaged as it was before. Needs `StoreFeature.damage`.
    func mend(_ part: StoreDamage, of job: JobID) async throws

    /// How to start a process that opens the storage. Needs `StoreFeature.workers`.
    var worker: StoreWorkerCommand? { get }

    /// Removes the storage; called once, when the case is over.
    func discard() async throws
}

extension StoreStorage {
    /// Refused: the storage does not outlive its handles.
    public func reopen() async throws -> any JobStore {
        throw StoreConformanceFailure("this storage cannot be reopened, though its harness says so")
    }

    /// Refused: the store has a clock of its own.
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

    /// None.
    public var worker: StoreWorkerCommand? { nil }

    /// Nothing is to be done.
    public func discard() async throws {}
}

/// An executable whose main function runs `StoreWorker`, and the storage it is to open.
public struct StoreWorkerCommand: Hashable, Sendable {
    /// The path of the executable.
    public let executable: String
    /// What the executable opens the storage by.
    public let storeURL: String

    /// Puts a command together.
    public init(executable: String, storeURL: String) {
        self.executable = executable
        self.storeURL = storeURL
    }
}
