#if MongoDB
import Carillon
import CarillonMongoDB
import CarillonTesting
import CarillonTriggers
import Testing

/// Rules that come from how the store keeps things.
@Suite(.timeLimit(.minutes(2))) struct RuleTests {
    @Test func whatAProcessLeftInAnOutboxIsSeenOnceAndMoved() async throws {
        let collections = try TestCollections()
        let store = try await collections.open()
        _ = try await store.insert(try TestJobs.jobs(2))
        // Its runs are ready, and end as cancelled with their job.
        _ = try await TestJobs.pass(store, slots: 0)
        let unit = try #require(try collections.documents(.units, ["name": "job 0"]).first)
        _ = try await store.remove([JobID("job 1")], at: TestJobs.start)
        let ended = try collections.documents(.past)
        let run = try #require(ended.first)
        let listed = try await store.runs(RunFilter(job: "job 1"), page: Page())
        #expect(listed.count == 1 && ended.count == 1)
        // As a process leaves it that dies between the change and the move.
        try collections.raw { connection in
            _ = try connection.run(
                ["delete": .text(MongoCollection.past.name(collections.name)), "deletes": [["q": [:], "limit": 0]]],
                writes: true)
        }
        try collections.change(
            .units, unit["_id"] ?? .nothing,
            ["$push": ["outbox": ["t": "left", "runs": [.document(run)], "reasons": []]]])
        #expect(try await store.runs(RunFilter(job: "job 1"), page: Page()) == listed)
        #expect(try collections.documents(.units).first?["outbox"]?.array == [])
        #expect(try collections.documents(.past).count == 1)
        #expect(try await store.runs(RunFilter(job: "job 1"), page: Page()) == listed)
        await store.close()
        try collections.removeAll()
    }

    @Test func anOldMoveDoesNotUndoANewerOne() async throws {
        let collections = try TestCollections()
        let store = try await collections.open()
        _ = try await store.insert(try TestJobs.jobs(2))
        let unit = try #require(try collections.documents(.units).first)
        _ = try await store.remove([JobID("job 1")], at: TestJobs.start)
        let newer = try #require(try collections.documents(.reasons).first)
        var older = newer
        older["v"] = 0
        older["count"] = 99
        try collections.change(
            .units, unit["_id"] ?? .nothing,
            ["$push": ["outbox": ["t": "left", "runs": [], "reasons": [.document(older)]]]])
        _ = try await store.reasons("job 1", from: .earliest, through: .latest, limit: 10)
        #expect(try collections.documents(.reasons) == [newer])
        await store.close()
        try collections.removeAll()
    }

    @Test func numbersAreWrittenAsTheyCame() async throws {
        let collections = try TestCollections()
        let store = try await collections.open()
        let far = Instant(microseconds: 200_000_000_000_000_123)
        let job = NewJob(
            id: "far", definition: JobDefinition(task: "work", trigger: .date(far.date)), added: TestJobs.start)
        let added = try #require(try await store.insert([job])[0])
        #expect(try await store.jobs(JobFilter(), page: Page()) == [.job(added)])
        #expect(try await store.earliest(of: nil).due == added.next?.due)
        await store.close()
        try collections.removeAll()
    }

    @Test func aNewerLayoutIsRefused() async throws {
        let collections = try TestCollections()
        let store = try await collections.open()
        await store.close()
        try collections.change(.meta, "format", ["$set": ["number": 2]])
        let error = await #expect(throws: CarillonError.self) { try await collections.open() }
        #expect(error?.code == .storeTooNew)
        try collections.removeAll()
    }

    @Test func documentsOfAPSchedulerAreLeftAlone() async throws {
        let collections = try TestCollections()
        let theirs: BSONDocument = ["_id": "theirs", "next_run_time": .double(5), "job_state": .bytes([1, 2])]
        func documents() throws -> [BSONDocument] {
            try collections.raw { connection in
                try connection.run(["find": .text(collections.name), "filter": [:]], writes: false)["cursor"]?
                    .document?["firstBatch"]?.array.compactMap(\.document) ?? []
            }
        }
        try collections.raw { connection in
            _ = try connection.run(
                ["insert": .text(collections.name), "documents": [.document(theirs)]], writes: true)
        }
        let store = try await collections.open()
        _ = try await store.insert(try TestJobs.jobs(3))
        #expect(try await TestJobs.pass(store).count == 3)
        #expect(try await TestJobs.ids(store).count == 3)
        _ = try await store.remove([JobID("job 0"), JobID("theirs")], at: TestJobs.start)
        _ = try await store.prune(at: TestJobs.start)
        await store.close()
        #expect(try documents() == [theirs])
        // Everything of the store is in collections of names that only Carillon has.
        let names = try collections.raw { connection in
            try connection.run(["listCollections": 1], writes: false)["cursor"]?.document?["firstBatch"]?.array
                .compactMap { $0.document?["name"]?.text } ?? []
        }
        let ours = names.filter { $0.hasPrefix(collections.name) && $0 != collections.name }
        #expect(!ours.isEmpty && ours.allSatisfy { $0.hasPrefix("\(collections.name).carillon.") })
        try collections.raw { connection in
            _ = try connection.run(["drop": .text(collections.name)], writes: true)
        }
        try collections.removeAll()
    }
}
#endif
