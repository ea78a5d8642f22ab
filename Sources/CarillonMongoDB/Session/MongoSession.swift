#if MongoDB
internal import Carillon
internal import CarillonTriggers
internal import CarillonUnits

/// A client of a storage, used by one thread at a time. If its connection is lost it is made anew at the next call.
final class MongoSession {
    /// What the sessions of a store share.
    struct Shared: Sendable {
        let readers = UnitReaders()
        /// Whether the server's clock is moved by what a document says, which tests write.
        let hasTestClock: Bool
    }

    let shared: Shared
    let server: MongoServer
    private let timeout: Duration
    private var connection: MongoConnection?
    private var pause = ReconnectPause()
    /// The error of the last attempt to connect.
    private var refusal: MongoFailure?

    /// Connects, and makes what is not there of the storage.
    init(_ server: MongoServer, timeout: Duration, shared: Shared) throws(CarillonError) {
        self.server = server
        self.timeout = timeout
        self.shared = shared
        try translating { () throws(MongoFailure) in _ = try connected() }
    }

    /// The store, in an error.
    var place: String { server.place }

    private func translating<Value>(_ body: () throws(MongoFailure) -> Value) throws(CarillonError) -> Value {
        do throws(MongoFailure) { return try body() } catch { throw error.error(server.place) }
    }

    // MARK: Connecting

    private func connected() throws(MongoFailure) -> MongoConnection {
        if let connection { return connection }
        if let refusal, !pause.isOver { throw refusal }
        do throws(MongoFailure) {
            let made = try MongoConnection(server, timeout: timeout)
            try MongoStorage.attach(made, server.address.prefix)
            connection = made
            refusal = nil
            pause.reset()
            return made
        } catch {
            refusal = error
            pause.extend()
            throw error
        }
    }

    // MARK: Calling

    /// Runs a command.
    ///
    /// - Parameter writes: Whether it changes anything. What does is never sent twice; what does not is, if the connection
    ///   turns out to be dead.
    private func run(
        _ command: BSONDocument, writes: Bool, passesTaken: Bool = false
    ) throws(MongoFailure) -> BSONDocument {
        var isAgain = connection == nil || writes
        while true {
            let connection = try connected()
            do throws(MongoFailure) {
                return try connection.run(command, writes: writes, passesTaken: passesTaken)
            } catch {
                if error.endsConnection { self.connection = nil }
                guard !isAgain, error.kind == .lost else { throw error }
                isAgain = true
            }
        }
    }

    /// Runs a command that changes nothing.
    func read(_ command: BSONDocument) throws(CarillonError) -> BSONDocument {
        try translating { () throws(MongoFailure) in
            var command = command
            command.append("readConcern", ["level": "majority"])
            return try run(command, writes: false)
        }
    }

    /// Runs a command that changes something, and waits until the majority has it in its journal.
    ///
    /// - Parameter passesTaken: Whether the answer may have errors of keys that are there already.
    @discardableResult
    func write(_ command: BSONDocument, passesTaken: Bool = false) throws(CarillonError) -> BSONDocument {
        try translating { () throws(MongoFailure) in try durably(command, passesTaken: passesTaken) }
    }

    private func durably(_ command: BSONDocument, passesTaken: Bool = false) throws(MongoFailure) -> BSONDocument {
        var command = command
        command.append("writeConcern", MongoStorage.durable(timeout))
        return try run(command, writes: true, passesTaken: passesTaken)
    }

    /// Changes one document.
    ///
    /// - Parameters:
    ///   - token: What the change writes as `w`. If the server does not say that it will last, it is looked up by that.
    /// - Returns: Whether there was such a document.
    func change(
        _ collection: MongoCollection, _ filter: BSONDocument, _ update: BSONValue, key: BSONValue, token: String
    ) throws(CarillonError) -> Bool {
        do throws(MongoFailure) {
            let answer = try durably([
                "findAndModify": .text(name(collection)), "query": .document(filter), "update": update,
                "fields": ["_id": 1],
            ])
            return answer["value"]?.document != nil
        } catch {
            // What the majority has is durable after all. If it is not there, nobody knows whether it will be.
            if error.kind == .perhapsWritten, try !find(collection, ["_id": key, "w": .text(token)]).isEmpty {
                return true
            }
            throw error.error(place)
        }
    }

    /// Finds documents.
    func find(
        _ collection: MongoCollection, _ filter: BSONDocument, fields: BSONDocument = [:], sort: BSONDocument = [:],
        limit: Int = 0
    ) throws(CarillonError) -> [BSONDocument] {
        var command: BSONDocument = ["find": .text(name(collection)), "filter": .document(filter)]
        if !sort.isEmpty { command.append("sort", .document(sort)) }
        if !fields.isEmpty { command.append("projection", .document(fields)) }
        if limit > 0 { command.append("limit", .integer(Int64(limit))) }
        command.append("batchSize", .integer(1000))
        return try all(command, of: collection)
    }

    /// Runs a command that answers with a cursor, and reads all that it has.
    func all(_ command: BSONDocument, of collection: MongoCollection) throws(CarillonError) -> [BSONDocument] {
        var cursor = try read(command)["cursor"]?.document
        var found = cursor?["firstBatch"]?.array.compactMap(\.document) ?? []
        while let number = cursor?["id"]?.integer, number != 0 {
            let answer = try translating { () throws(MongoFailure) in
                try run(
                    ["getMore": .integer(number), "collection": .text(name(collection)), "batchSize": 1000],
                    writes: false)
            }
            cursor = answer["cursor"]?.document
            found += cursor?["nextBatch"]?.array.compactMap(\.document) ?? []
        }
        return found
    }

    /// How many bytes of documents one command gets, unless one alone has more; the server takes 48 MB.
    private static var bytesPerStep: Int { 12_000_000 }

    /// Adds documents.
    ///
    /// - Returns: The places of those whose keys are taken.
    func insert(_ collection: MongoCollection, _ documents: [BSONDocument]) throws(CarillonError) -> Set<Int> {
        var taken: Set<Int> = []
        try inParts(documents) { (some, start) throws(CarillonError) in
            let answer = try write(
                ["insert": .text(name(collection)), "documents": .array(some), "ordered": false], passesTaken: true)
            for problem in answer["writeErrors"]?.array.compactMap(\.document) ?? [] {
                if let index = problem["index"]?.integer { taken.insert(start + Int(index)) }
            }
        }
        return taken
    }

    /// Makes documents as they are to be, whether they are there or not. It does no harm to do it again.
    func put(
        _ collection: MongoCollection, _ documents: [(filter: BSONDocument, update: BSONDocument)]
    ) throws(CarillonError) {
        let updates: [BSONDocument] = documents.map {
            ["q": .document($0.filter), "u": .document($0.update), "upsert": true]
        }
        try inParts(updates) { (some, _) throws(CarillonError) in
            // Another process may make the same one, or a newer one be there.
            try write(
                ["update": .text(name(collection)), "updates": .array(some), "ordered": false], passesTaken: true)
        }
    }

    private func inParts(
        _ documents: [BSONDocument], _ body: (_ some: [BSONValue], _ start: Int) throws(CarillonError) -> Void
    ) throws(CarillonError) {
        var some: [BSONValue] = []
        var (start, weight) = (0, 0)
        for (index, document) in documents.enumerated() {
            let size = document.bytes.count
            if !some.isEmpty, weight + size > Self.bytesPerStep || some.count == 500 {
                try body(some, start)
                (some, start, weight) = ([], index, 0)
            }
            some.append(.document(document))
            weight += size
        }
        if !some.isEmpty { try body(some, start) }
    }

    /// Removes documents.
    ///
    /// - Returns: How many there were.
    @discardableResult
    func delete(_ collection: MongoCollection, _ filters: [BSONDocument]) throws(CarillonError) -> Int {
        var count = 0
        for some in filters.batches(of: 500) {
            let answer = try write([
                "delete": .text(name(collection)),
                "deletes": .array(some.map { ["q": .document($0), "limit": 1] }), "ordered": false,
            ])
            count += Int(answer["n"]?.integer ?? 0)
        }
        return count
    }

    /// Raises a number of the storage, and returns it.
    func raise(_ counter: String, by count: Int) throws(CarillonError) -> Int64 {
        let answer = try write([
            "findAndModify": .text(name(.meta)), "query": ["_id": .text(counter)],
            "update": ["$inc": ["number": .integer(Int64(count))]], "new": true,
        ])
        guard let number = answer["value"]?.document?["number"]?.integer else {
            throw CarillonError(.storeFailed, "\(place) has lost its counter '\(counter)'")
        }
        return number
    }

    /// The whole name of a collection.
    func name(_ collection: MongoCollection) -> String { collection.name(server.address.prefix) }
}
#endif
