import Carillon

/// The harness of the memory store, which is also an example of one.
public struct MemoryStoreHarness: StoreHarness {
    /// Creates the harness. A memory store has one handle, is not persistent and is not shared; its clock can be set.
    public init() {}

    /// The name of the store.
    public var name: String { "memory" }

    /// The features of the harness and its store.
    public var features: Set<StoreFeature> {
        [
            .steppableClock, .changeNotification, .allListings, .runSearch, .outcomeCounts, .failureGroups, .auditLog,
            .requestKeys, .transfer,
        ]
    }

    /// Creates a fresh store.
    public func makeStorage() async throws -> any StoreStorage { Storage() }

    private struct Storage: StoreStorage {
        let clock = ManualClock()
        let store: MemoryJobStore

        init() {
            let clock = clock
            store = MemoryJobStore(clock: { clock.now })
        }

        func open() async throws -> any JobStore { store }

        func stepClock(by duration: Duration) async throws { clock.stepWall(by: duration) }
    }
}
