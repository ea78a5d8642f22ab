#if Redis
import Carillon
import CarillonRedis
import CarillonTesting

/// The harness of the Redis store: a prefix of its own for each storage.
struct RedisStoreHarness: StoreHarness {
    var name: String { "Redis" }

    var features: Set<StoreFeature> { Set(StoreFeature.allCases) }

    func makeStorage() async throws -> any StoreStorage { Storage(keys: try TestKeys()) }

    private struct Storage: StoreStorage {
        let keys: TestKeys

        /// What a case has stepped the clock by.
        private static let clock = "tonumber(redis.call('GET', P..'test-clock') or '0')"

        func open() async throws -> any JobStore {
            try await RedisJobStore(try keys.address(), timeout: .seconds(60), clock: Self.clock)
        }

        func reopen() async throws -> any JobStore { try await open() }

        func stepClock(by duration: Duration) async throws {
            try keys.raw("INCRBY", keys.key("test-clock"), String(Int64(duration / .microseconds(1))))
        }

        var worker: StoreWorkerCommand? { .besideTests(storeURL: keys.url) }

        func discard() async throws { try keys.removeAll() }

        func damage(_ part: StoreDamage, of job: JobID) async throws { try keys.damage(part, of: job) }

        func mend(_ part: StoreDamage, of job: JobID) async throws { try keys.mend(part, of: job) }
    }
}

extension TestKeys {
    /// Makes a part of a job unreadable.
    func damage(_ part: StoreDamage, of job: JobID) throws {
        switch part {
        case .job:
            try change(unitOf: job) {
                $0 == Array("j".utf8)
            } by: {
                Self.mark + $0
            }
        case .openRuns:
            try change(unitOf: job) {
                $0.first == UInt8(ascii: "r")
            } by: {
                Self.mark + $0
            }
        case .endedRuns:
            try change(key("past:\(job)")) { _ in
                true
            } by: {
                Self.mark + $0
            }
        case .reasons:
            try rename(fieldsOf: key("why:\(job)")) { field in
                let words = String(decoding: field, as: UTF8.self).split(separator: " ").map(String.init)
                return Array([words[0], "new" + words[1], words[2]].joined(separator: " ").utf8)
            }
        }
    }

    /// Undoes `damage`.
    func mend(_ part: StoreDamage, of job: JobID) throws {
        func undo(_ value: [UInt8]) -> [UInt8] {
            value.starts(with: Self.mark) ? Array(value.dropFirst(Self.mark.count)) : value
        }
        switch part {
        case .job:
            try change(unitOf: job) {
                $0 == Array("j".utf8)
            } by: {
                undo($0)
            }
        case .openRuns:
            try change(unitOf: job) {
                $0.first == UInt8(ascii: "r")
            } by: {
                undo($0)
            }
        case .endedRuns:
            try change(key("past:\(job)")) { _ in
                true
            } by: {
                undo($0)
            }
        case .reasons:
            try rename(fieldsOf: key("why:\(job)")) { field in
                Array(String(decoding: field, as: UTF8.self).replacing("new", with: "").utf8)
            }
        }
    }

    private static let mark = Array("damaged ".utf8)

    private func change(
        unitOf job: JobID, _ isMeant: ([UInt8]) -> Bool, by body: ([UInt8]) -> [UInt8]
    ) throws {
        // All units of the job: those that were removed, too.
        for unit in try raw("KEYS", key("unit:*")).list {
            let name = String(decoding: unit, as: UTF8.self)
            let definition = try raw("HGET", name, "d").bytes ?? []
            guard String(decoding: definition, as: UTF8.self).contains(":\(job) ") else { continue }
            try change(name, isMeant, by: body)
        }
    }

    private func change(_ key: String, _ isMeant: ([UInt8]) -> Bool, by body: ([UInt8]) -> [UInt8]) throws {
        let fields = try raw("HGETALL", key).list
        for index in stride(from: 0, to: fields.count - 1, by: 2) where isMeant(fields[index]) {
            try raw([Array("HSET".utf8), Array(key.utf8), fields[index], body(fields[index + 1])])
        }
    }

    private func rename(fieldsOf key: String, _ body: ([UInt8]) -> [UInt8]) throws {
        let fields = try raw("HGETALL", key).list
        for index in stride(from: 0, to: fields.count - 1, by: 2) {
            try raw([Array("HDEL".utf8), Array(key.utf8), fields[index]])
            try raw([Array("HSET".utf8), Array(key.utf8), body(fields[index]), fields[index + 1]])
        }
    }
}
#endif
