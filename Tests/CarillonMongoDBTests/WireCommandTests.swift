#if MongoDB
import Carillon
import CarillonMongoDB
import CarillonTesting
import CarillonTriggers
import Synchronization
import Testing

/// The commands that a store sends, as MongoDB documents them: the server of the tests is another one, and may take more.
@Suite(.timeLimit(.minutes(2))) struct WireCommandTests {
    /// What was sent.
    private final class Sent: Sendable {
        private let commands = Mutex<[(name: String, command: BSONDocument)]>([])

        var all: [(name: String, command: BSONDocument)] { commands.withLock { $0 } }

        func note(_ name: String, _ bytes: [UInt8]) {
            guard let command = BSONDocument(bytes: bytes) else { return }
            commands.withLock { $0.append((name, command)) }
        }
    }

    /// The fields that MongoDB 4.2 documents, and those that drivers add to all commands.
    private static let documented: [String: Set<String>] = [
        "findAndModify": ["query", "update", "new", "fields", "upsert"],
        "insert": ["documents", "ordered"],
        "update": ["updates", "ordered"],
        "delete": ["deletes", "ordered"],
        "createIndexes": ["indexes"],
        "find": ["filter", "sort", "projection", "skip", "limit", "batchSize"],
        "aggregate": ["pipeline", "cursor"],
        "distinct": ["key"],
        "getMore": ["collection", "batchSize", "maxTimeMS"],
        "hello": [],
        // The client library sends it when it ends.
        "endSessions": [],
    ]
    private static let common: Set<String> = [
        "$db", "lsid", "$clusterTime", "$readPreference", "readConcern", "writeConcern",
    ]
    private static let writing: Set<String> = ["findAndModify", "insert", "update", "delete", "createIndexes"]

    /// Does something of every kind.
    private func sent() async throws -> [(name: String, command: BSONDocument)] {
        let collections = try TestCollections()
        let sent = Sent()
        let store = try await collections.open(monitor: MongoMonitor { sent.note($0, $1) })
        _ = try await store.insert(try TestJobs.jobs(3))
        let taken = try await TestJobs.pass(store).flatMap(\.runs)
        #expect(taken.count == 3)
        let node = try NodeID("node")
        let report = NodeReport(id: node, host: "h", process: 1, processStart: 1, tasks: ["work"])
        _ = try await store.heartbeat(report)
        _ = try await store.heartbeat(report)
        _ = try await store.news(for: node, tasks: ["work"])
        for run in taken {
            try await store.note(
                [RunNotes(run: run.id, fence: run.fence, log: [1])], from: node, at: TestJobs.start)
        }
        _ = try await store.insert([try TestJobs.job("later", after: 3600)])
        _ = try await store.remove([JobID("job 0"), JobID("later")], at: TestJobs.start)
        _ = try await store.append([
            AuditEntry(actor: "me", time: TestJobs.start, action: "remove", object: .job(JobID("job 0")))
        ])
        _ = try await store.auditEntries(AuditFilter(), page: Page())
        let key = try RequestKey(actor: "me", key: "k")
        if case .granted(let token) = try await store.claim(
            key, fingerprint: "f", at: TestJobs.start, until: TestJobs.start.advanced(byMicroseconds: 1))
        {
            _ = try await store.keep([1], of: key, token: token)
        }
        _ = try await TestJobs.ids(store)
        _ = try await store.runs(RunFilter(), page: Page())
        _ = try await store.endedRuns(RunSearch(), page: Page())
        _ = try await store.prune(at: TestJobs.start)
        try await store.forget([node])
        await store.close()
        try collections.removeAll()
        return sent.all
    }

    @Test func everyWriteWaitsForTheJournalOfTheMajority() async throws {
        let commands = try await sent()
        for name in Self.writing { #expect(commands.contains { $0.name == name }, "\(name) was never sent") }
        for (name, command) in commands {
            let concern = command["writeConcern"]?.document
            guard Self.writing.contains(name) else {
                #expect(concern == nil, "\(name) reads")
                // What reads is not told what the majority may not have.
                if ["find", "aggregate", "distinct"].contains(name) {
                    #expect(command["readConcern"]?.document?["level"] == "majority", "\(name)")
                }
                continue
            }
            #expect(concern?["w"] == "majority" && concern?["j"] == true, "\(name): \(command)")
            let limit = try #require(concern?["wtimeout"]?.integer)
            #expect(limit > 0 && limit < 5000, "\(name)")
        }
    }

    @Test func commandsHaveTheirDocumentedForm() async throws {
        for (name, command) in try await sent() {
            let known = try #require(Self.documented[name], "\(name) is a command that nobody has looked up")
            #expect(command.fields.first?.name == name, "the name comes first")
            #expect(Set(command.fields.map(\.name)).count == command.fields.count, "\(name) has a field twice")
            for field in command.fields.dropFirst() {
                #expect(known.contains(field.name) || Self.common.contains(field.name), "\(name): \(field.name)")
            }
            // What is sent a second time is answered as somebody else's change.
            #expect(command["txnNumber"] == nil)
        }
    }

    @Test func changesNeverUpsertAndAreMadeUnderTheStateThatWasRead() async throws {
        for (name, command) in try await sent() where name == "findAndModify" {
            #expect(command["upsert"] == nil)
            guard command.fields.first?.value.text?.hasSuffix(".units") == true else { continue }
            let query = try #require(command["query"]?.document)
            #expect(query.fields.map(\.name) == ["_id", "j"], "\(query)")
        }
    }

    @Test func newsIsOneCommandAndAHeartbeatThree() async throws {
        let collections = try TestCollections()
        let sent = Sent()
        let store = try await collections.open(monitor: MongoMonitor { sent.note($0, $1) })
        let node = try NodeID("node")
        let report = NodeReport(id: node, host: "h", process: 1, processStart: 1, tasks: ["work"])
        _ = try await store.heartbeat(report)
        let first = sent.all.count
        _ = try await store.news(for: node, tasks: ["work"])
        #expect(sent.all.dropFirst(first).map(\.name) == ["aggregate"])
        _ = try await store.heartbeat(report)
        #expect(sent.all.dropFirst(first + 1).map(\.name) == ["findAndModify", "distinct", "aggregate"])
        await store.close()
        try collections.removeAll()
    }

    @Test func allNumbersHave64Bits() async throws {
        func check(_ value: BSONValue) {
            switch value {
            case .double(let number): Issue.record("\(number) was sent as a double")
            case .document(let document): for field in document.fields { check(field.value) }
            case .array(let values): for value in values { check(value) }
            default: break
            }
        }
        for (_, command) in try await sent() { check(.document(command)) }
    }
}
#endif
