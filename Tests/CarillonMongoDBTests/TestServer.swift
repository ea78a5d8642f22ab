#if MongoDB
import Carillon
import CarillonMongoDB
import CarillonTesting
import Foundation

/// The MongoDB-compatible server that the tests run on, which `scripts/test` starts. It is no MongoDB: what the tests prove is
/// proved of that server, and of the commands that the store sends.
enum TestServer {
    /// The variable that has its address.
    private static let variable = "CARILLON_TEST_MONGODB"

    /// What a test says when there is no server: it fails, because nothing was tested.
    struct Missing: Error, CustomStringConvertible {
        var description: String {
            """
            there is no MongoDB-compatible server to test on: run 'scripts/support/mongodb-server start FOLDER', and put the \
            address that it prints into \(TestServer.variable)
            """
        }
    }

    /// Its address, without a prefix.
    static func url() throws -> String {
        guard let url = ProcessInfo.processInfo.environment[variable], !url.isEmpty else { throw Missing() }
        return url
    }
}

/// Collections with a prefix of their own on a server.
struct TestCollections: Sendable {
    let name = "t\(String(UInt64.random(in: 0 ... .max), radix: 36))"
    private let server: String

    /// - Parameter server: Its address; that of all tests if none is given.
    init(on server: String? = nil) throws { self.server = try server ?? TestServer.url() }

    /// The address by which a store opens them.
    var url: String { "\(server)?prefix=\(name)" }

    /// The port of the server.
    func port() throws -> UInt16 {
        guard let port = URL(string: server)?.port.flatMap(UInt16.init(exactly:)) else {
            throw TestFailure("the server's address has no port")
        }
        return port
    }

    func open(timeout: Duration = .seconds(5), monitor: MongoMonitor? = nil) async throws -> MongoJobStore {
        try await MongoJobStore(try MongoAddress(url), timeout: timeout, hasTestClock: false, monitor: monitor)
    }

    /// Runs commands past the store.
    func raw<Value>(_ body: (MongoConnection) throws -> Value) throws -> Value {
        try body(try MongoConnection(MongoServer(address: try MongoAddress(url)), timeout: .seconds(60)))
    }

    /// The documents of a collection.
    func documents(_ collection: MongoCollection, _ filter: BSONDocument = [:]) throws -> [BSONDocument] {
        try raw { connection in
            try connection.run(
                [
                    "find": .text(collection.name(name)), "filter": .document(filter), "batchSize": 10_000,
                ], writes: false)["cursor"]?.document?["firstBatch"]?.array.compactMap(\.document) ?? []
        }
    }

    /// Changes one document past the store.
    func change(
        _ collection: MongoCollection, _ key: BSONValue, _ update: BSONDocument, upsert: Bool = false
    ) throws {
        try raw { connection in
            _ = try connection.run(
                [
                    "update": .text(collection.name(name)),
                    "updates": [["q": ["_id": key], "u": .document(update), "upsert": .boolean(upsert)]],
                ], writes: true)
        }
    }

    func removeAll() throws {
        try raw { connection in
            for collection in MongoCollection.allCases {
                _ = try? connection.run(["drop": .text(collection.name(name))], writes: true)
            }
        }
    }
}
#endif
