#if Redis
import Carillon
import CarillonRedis
import CarillonTesting
import CarillonTriggers
import Foundation
import Synchronization
import Testing

/// Rules that come from how Redis behaves.
@Suite(.timeLimit(.minutes(2))) struct RuleTests {
    @Test func passesAtTheSameMomentFindDifferentJobs() async throws {
        let keys = try TestKeys()
        let (first, second) = (try await keys.open(), try await keys.open())
        _ = try await first.insert(try TestJobs.jobs(10))
        var query = JobQuery(now: TestJobs.start)
        query.dueLimit = 6
        let asked = query
        let found = SendableBox(DispatchSemaphore(value: 0))
        let gone = SendableBox(DispatchSemaphore(value: 0))
        let (names, others) = (Names(), Names())
        // The plan runs on the store's own thread, which may be held up.
        async let held = first.pass(asked) { batch in
            names.set(batch)
            found.value.signal()
            gone.value.wait()
            return batch.map { _ in nil }
        }
        await withCheckedContinuation { reached in
            Thread.detachNewThread {
                found.value.wait()
                reached.resume()
            }
        }
        _ = try await second.pass(asked) { batch in
            others.set(batch)
            return batch.map { _ in nil }
        }
        gone.value.signal()
        _ = try await held
        #expect(names.all.count == 6 && others.all.count == 4)
        #expect(names.all.isDisjoint(with: others.all))
        // Marks are gone with the pass that made them.
        #expect(try keys.raw("ZCARD", keys.key("marks")).integer == 0)
        await first.close()
        await second.close()
        try keys.removeAll()
    }

    /// The ids of a batch.
    private final class Names: Sendable {
        private let ids = Mutex<Set<JobID>>([])

        var all: Set<JobID> { ids.withLock { $0 } }

        func set(_ batch: [JobSnapshot]) { ids.withLock { $0 = Set(batch.map(\.job.id)) } }
    }

    @Test func aKeyOfAnotherTypeLeavesNoHalfOfAChange() async throws {
        let keys = try TestKeys()
        let store = try await keys.open()
        _ = try await store.insert(try TestJobs.jobs(2))
        try keys.raw("SET", keys.key("open"), "something else")
        let before = try keys.raw("HGETALL", keys.key("unit:1"))
        let error = await #expect(throws: CarillonError.self) { try await TestJobs.pass(store) }
        #expect(error?.code == .storeCorrupt, "\(String(describing: error))")
        #expect(try keys.raw("HGETALL", keys.key("unit:1")) == before)
        #expect(try keys.raw("ZCARD", keys.key("due:work")).integer == 2)
        await store.close()
        try keys.removeAll()
    }

    @Test func numbersAreWrittenAsTheyCame() async throws {
        let keys = try TestKeys()
        let store = try await keys.open()
        let far = Instant(microseconds: 200_000_000_000_000_123)
        let job = NewJob(
            id: "far", definition: JobDefinition(task: "work", trigger: .date(far.date)), added: TestJobs.start)
        let added = try #require(try await store.insert([job])[0])
        let listed = try await store.jobs(JobFilter(), page: Page())
        #expect(listed == [.job(added)])
        // A score is rounded, and never to a later time.
        let due = try #require(try await store.earliest(of: nil).due)
        let next = try #require(added.next?.due)
        #expect(due <= next && next.microseconds - due.microseconds < 64)
        await store.close()
        try keys.removeAll()
    }

    @Test func aNewerLayoutIsRefusedAlsoByWhoeverHasItOpen() async throws {
        let keys = try TestKeys()
        let store = try await keys.open()
        try keys.raw("SET", keys.key("format"), "2")
        let late = await #expect(throws: CarillonError.self) { _ = try await store.insert(try TestJobs.jobs(1)) }
        #expect(late?.code == .storeTooNew)
        let error = await #expect(throws: CarillonError.self) { try await keys.open() }
        #expect(error?.code == .storeTooNew)
        await store.close()
        try keys.removeAll()
    }

    @Test func keysOfAPSchedulerAreLeftAlone() async throws {
        let keys = try TestKeys()
        let (jobs, times) = (keys.name, "\(keys.name).run_times")
        try keys.raw("HSET", jobs, "theirs", "pickled")
        try keys.raw("ZADD", times, "5", "theirs")
        let store = try await keys.open()
        _ = try await store.insert(try TestJobs.jobs(3))
        #expect(try await TestJobs.pass(store).count == 3)
        #expect(try await TestJobs.ids(store).count == 3)
        _ = try await store.remove([JobID("job 0"), JobID("theirs")], at: TestJobs.start)
        _ = try await store.prune(at: TestJobs.start)
        #expect(try keys.raw("HGETALL", jobs).list == [Array("theirs".utf8), Array("pickled".utf8)])
        #expect(try keys.raw("ZRANGE", times, "0", "-1").list == [Array("theirs".utf8)])
        await store.close()
        // Everything of the store begins with the prefix in braces.
        let others = try keys.raw("KEYS", "*\(keys.name)*").list.map { String(decoding: $0, as: UTF8.self) }
        #expect(others.filter { !$0.hasPrefix("{\(keys.name)}:") }.sorted() == [jobs, times])
        try keys.raw("UNLINK", jobs, times)
        try keys.removeAll()
    }
}
#endif
