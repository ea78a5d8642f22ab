import Carillon

/// The harness of the memory store, and an example of one.
public struct MemoryStoreHarness: StoreHarness {
    /// A memory store has one handle, outlives nothing and is alone in its process; its clock can be set.
    public init() {}

    /// The name of the store.
    public var name: String { "memory" }

    /// What the harness can do.
    public var features: Set<StoreFeature> {
        [
            .steppableClock, .changeNotification, .allListings, .runSearch, .outcomeCounts, .failureGroups, .auditLog,
            .requestKeys, .transfer,
        ]
    }

    /// A fresh store.
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
