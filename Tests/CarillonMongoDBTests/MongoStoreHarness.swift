#if MongoDB
import Carillon
import CarillonMongoDB
import CarillonTesting

/// The harness of the store on MongoDB, on a server that is compatible with it: collections of its own for each storage.
struct MongoStoreHarness: StoreHarness {
    var name: String { "MongoDB-compatible" }

    /// What the store does not do: see docs/stores/mongodb.md.
    static let missing: Set<StoreFeature> = [.outcomeCounts, .failureGroups]

    var features: Set<StoreFeature> { Set(StoreFeature.allCases).subtracting(Self.missing) }

    func makeStorage() async throws -> any StoreStorage { Storage(collections: try TestCollections()) }

    private struct Storage: StoreStorage {
        let collections: TestCollections

        /// The server is slow, and slower with more documents.
        var many: Int { 150 }

        func open() async throws -> any JobStore {
            try await MongoJobStore(
                try MongoAddress(collections.url), timeout: .seconds(60), hasTestClock: true)
        }

        func reopen() async throws -> any JobStore { try await open() }

        func stepClock(by duration: Duration) async throws {
            try collections.change(
                .meta, "test-clock", ["$inc": ["number": .integer(Int64(duration / .microseconds(1)))]], upsert: true)
        }

        var worker: StoreWorkerCommand? { .besideTests(storeURL: collections.url) }

        func discard() async throws { try collections.removeAll() }

        func damage(_ part: StoreDamage, of job: JobID) async throws {
            try collections.change(part, of: job, Self.damaged, reason: { "new\($0)" })
        }

        func mend(_ part: StoreDamage, of job: JobID) async throws {
            try collections.change(part, of: job, Self.mended, reason: { $0.replacing("new", with: "") })
        }

        private static let mark = Array("damaged ".utf8)

        private static func damaged(_ value: BSONValue?) -> BSONValue { .bytes(mark + (value?.bytes ?? [])) }

        private static func mended(_ value: BSONValue?) -> BSONValue {
            let bytes = value?.bytes ?? []
            return .bytes(bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes)
        }
    }
}

extension TestCollections {
    /// Changes how a part of a job is written.
    fileprivate func change(
        _ part: StoreDamage, of job: JobID, _ body: (BSONValue?) -> BSONValue, reason: (String) -> String
    ) throws {
        let name = BSONValue.text(job.description)
        switch part {
        case .job:
            for unit in try documents(.units, ["id": name]) {
                try change(.units, unit["_id"] ?? .nothing, ["$set": ["j": body(unit["j"])]])
            }
        case .openRuns:
            for unit in try documents(.units, ["id": name]) {
                let runs = unit["runs"]?.array.compactMap(\.document).map { run -> BSONValue in
                    var run = run
                    run["r"] = body(run["r"])
                    return .document(run)
                }
                try change(.units, unit["_id"] ?? .nothing, ["$set": ["runs": .array(runs ?? [])]])
            }
        case .endedRuns:
            for run in try documents(.past, ["job": name]) {
                try change(.past, run["_id"] ?? .nothing, ["$set": ["r": body(run["r"])]])
            }
        case .reasons:
            for range in try documents(.reasons, ["job": name]) {
                try change(
                    .reasons, range["_id"] ?? .nothing,
                    ["$set": ["reason": .text(reason(range["reason"]?.text ?? ""))]])
            }
        }
    }
}
#endif
