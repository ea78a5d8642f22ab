import Carillon
import CarillonSQL
import CarillonTesting
import CarillonTriggers
import Dispatch
import Synchronization
import Testing

/// A pass that waits for a lock of the database.
@Suite("A pass that waits")
struct WaitingPassTests {
    /// A store on connections of which the one that writes can be held.
    private struct HeldStore: SQLBacked {
        let capabilities = StoreCapabilities(isPersistent: true, isShared: true, jobsPerPass: 10, changesPerStep: 10)
        let sql: SQLStore
    }

    @Test("Where rows are locked, heartbeats, listings and news are answered meanwhile", .timeLimit(.minutes(10)))
    func others() async throws {
        let (waiting, waits) = AsyncStream.makeStream(of: Void.self)
        let held = Mutex(false)
        let lock = DispatchSemaphore(value: 0)
        let hold: @Sendable (String) -> Void = { sql in
            let isHeld = held.withLock { isHeld in
                defer { isHeld = false }
                return isHeld
            }
            guard isHeld, sql == "BEGIN" else { return }
            waits.yield()
            lock.wait()
        }
        @Sendable func connect(_ purpose: SQLStore.Purpose) throws(CarillonError) -> any SQLConnection {
            let answers: [String: [[SQLValue]]] = [
                "SELECT value FROM carillon_counters WHERE name = ?": [[.integer(1)]]
            ]
            guard purpose == .writing else { return RecordingConnection(rowLocks: .forUpdate, answers: answers) }
            return RecordingConnection(rowLocks: .forUpdate, answers: answers, willExecute: hold)
        }
        let clock: @Sendable () -> Instant = { TestJobs.start }
        let sql = try await SQLStore(place: "a database", migrations: [], clock: clock, connect: connect)
        let store = HeldStore(sql: sql)
        held.withLock { $0 = true }
        let plan: @Sendable ([JobSnapshot]) -> [JobChange?] = { $0.map { _ in nil } }
        // Also where something else fails: the end of the test waits for the pass.
        defer { lock.signal() }
        async let pass = store.pass(JobQuery(now: TestJobs.start), plan: plan)
        for await _ in waiting { break }
        let report = NodeReport(id: try NodeID("node"), host: "h", process: 1, processStart: 1, tasks: [])
        #expect(try await store.heartbeat(report).storeTime == TestJobs.start)
        #expect(try await store.news(for: report.id, tasks: []) == StoreNews())
        #expect(try await store.jobs(JobFilter(), page: Page<JobCursor>()).isEmpty)
        lock.signal()
        #expect(try await pass.statuses.isEmpty)
        await store.close()
    }
}
