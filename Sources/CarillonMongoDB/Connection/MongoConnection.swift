#if MongoDB
internal import CMongo
internal import Carillon

/// The client library, which is made ready once for a process.
private enum MongoLibrary {
    static let isReady: Bool = {
        mongoc_init()
        // It would write to standard error what our errors say.
        mongoc_log_set_handler(nil, nil)
        return true
    }()
}

/// A client of the server, for one thread.
package final class MongoConnection {
    private let client: OpaquePointer
    private let database: String
    private let watcher: UnsafeMutablePointer<carillon_mongo_watcher>?

    /// Makes a client and reaches the server.
    package init(_ server: MongoServer, timeout: Duration) throws(MongoFailure) {
        _ = MongoLibrary.isReady
        var error = carillon_mongo_error()
        guard let uri = carillon_mongo_uri(server.address.uri, &error) else {
            // The text of the error may have parts of the address, and so of a password.
            throw MongoFailure(.unsuitable, "its address is none that libmongoc takes")
        }
        defer { mongoc_uri_destroy(uri) }
        let milliseconds = Int32(clamping: Int64(timeout / .milliseconds(1)))
        for option in ["socketTimeoutMS", "connectTimeoutMS", "serverSelectionTimeoutMS"] {
            mongoc_uri_set_option_as_int32(uri, option, milliseconds)
        }
        // A change that is sent twice is answered as one that another node has made.
        mongoc_uri_set_option_as_bool(uri, "retryWrites", false)
        mongoc_uri_set_option_as_bool(uri, "retryReads", false)
        guard let client = mongoc_client_new_from_uri(uri) else {
            throw MongoFailure(.unsuitable, "libmongoc makes no client of its address; it may lack TLS")
        }
        self.client = client
        mongoc_client_set_error_api(client, MONGOC_ERROR_API_VERSION_2)
        _ = mongoc_client_set_appname(client, "carillon")
        database = server.address.database
        watcher = server.monitor.map { monitor in
            let watcher = UnsafeMutablePointer<carillon_mongo_watcher>.allocate(capacity: 1)
            watcher.initialize(
                to: carillon_mongo_watcher(
                    watch: { bytes, count, name, context in
                        guard let bytes, let name, let context else { return }
                        Unmanaged<MongoMonitor>.fromOpaque(context).takeUnretainedValue().note(
                            String(cString: name), Array(UnsafeBufferPointer(start: bytes, count: Int(count))))
                    },
                    context: Unmanaged.passRetained(monitor).toOpaque()))
            return watcher
        }
        if let watcher { carillon_mongo_monitor(client, watcher) }
    }

    deinit {
        mongoc_client_destroy(client)
        guard let watcher else { return }
        Unmanaged<MongoMonitor>.fromOpaque(watcher.pointee.context).release()
        watcher.deallocate()
    }

    /// Runs a command on the primary.
    ///
    /// - Parameters:
    ///   - writes: Whether it changes anything. Then it has to have its write concern itself.
    ///   - passesTaken: Whether the answer may have errors of keys that are there already.
    ///   - other: Another database than the store's.
    /// - Throws: `MongoFailure`, also if the answer has errors of single writes.
    package func run(
        _ command: BSONDocument, writes: Bool, passesTaken: Bool = false, on other: String? = nil
    ) throws(MongoFailure) -> BSONDocument {
        let bytes = command.bytes
        guard let sent = carillon_mongo_document(bytes, bytes.count) else {
            throw MongoFailure(.refused(10_334), "the command is too large")
        }
        defer { bson_destroy(sent) }
        var succeeded = false
        var error = carillon_mongo_error()
        guard let reply = carillon_mongo_command(client, other ?? database, sent, writes, &succeeded, &error) else {
            throw MongoFailure(.lost, "no answer")
        }
        defer { bson_destroy(reply) }
        var count: UInt32 = 0
        let start = carillon_mongo_bytes(reply, &count)
        let answer = BSONDocument(bytes: Array(UnsafeBufferPointer(start: start, count: Int(count)))) ?? BSONDocument()
        let problems = answer["writeErrors"]?.array.compactMap(\.document) ?? []
        if let problem = problems.first(where: { !passesTaken || $0["code"]?.integer != MongoFailure.duplicate }) {
            throw MongoFailure(.refused(problem["code"]?.integer ?? 0), problem["errmsg"]?.text ?? "a write failed")
        }
        if let problem = answer["writeConcernError"]?.document {
            throw MongoFailure(.perhapsWritten, problem["errmsg"]?.text ?? "the write concern was not met")
        }
        guard succeeded || !problems.isEmpty else {
            let message = withUnsafeBytes(of: error.message) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let code = answer["code"]?.integer { throw MongoFailure(.refused(code), message) }
            switch error.domain {
            case MONGOC_ERROR_CLIENT.rawValue where error.code == MONGOC_ERROR_CLIENT_AUTHENTICATE.rawValue:
                throw MongoFailure(.refused(18), message)
            case MONGOC_ERROR_SERVER.rawValue: throw MongoFailure(.refused(Int64(error.code)), message)
            case MONGOC_ERROR_BSON.rawValue: throw MongoFailure(.refused(10_334), message)
            default: throw MongoFailure(.lost, message.isEmpty ? "no answer" : message)
            }
        }
        return answer
    }
}

/// Sees every command that is sent, for tests.
package final class MongoMonitor: Sendable {
    private let seen: @Sendable (_ name: String, _ command: [UInt8]) -> Void

    /// - Parameter seen: Gets the name of a command and its bytes, on the thread that sends it.
    package init(_ seen: @escaping @Sendable (_ name: String, _ command: [UInt8]) -> Void) { self.seen = seen }

    fileprivate func note(_ name: String, _ command: [UInt8]) { seen(name, command) }
}

/// Where a store is, and what looks on.
package struct MongoServer: Sendable {
    let address: MongoAddress
    let monitor: MongoMonitor?

    package init(address: MongoAddress, monitor: MongoMonitor? = nil) {
        (self.address, self.monitor) = (address, monitor)
    }

    /// The store, in an error.
    var place: String { "the job store \(address)" }
}
#endif
