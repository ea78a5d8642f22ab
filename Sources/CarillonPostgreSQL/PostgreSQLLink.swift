#if PostgreSQL
internal import CPostgreSQL
internal import Carillon

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A connection to a server, used by one thread at a time. Every wait has an end of its own: neither keepalives nor
/// `tcp_user_timeout` notice a server that is frozen, because its kernel goes on answering.
///
/// libpq writes to its socket with `MSG_NOSIGNAL` or, where there is none, with `SO_NOSIGPIPE`, so that a server that has
/// gone ends no program by SIGPIPE.
final class PostgreSQLLink {
    private let handle: OpaquePointer

    /// The oldest server with all features that the statements use: 12, for `MATERIALIZED`.
    private static let oldestVersion: Int32 = 120_000

    /// Connects.
    ///
    /// - Parameters:
    ///   - settings: Keywords of libpq and their values.
    ///   - timeout: How long it may take; looking up the name of the host is not counted.
    init(_ settings: [String: String], timeout: Duration) throws(PostgreSQLFailure) {
        guard let handle = Self.start(settings) else { throw PostgreSQLFailure(.lost, "there is no memory left") }
        self.handle = handle
        // The answer to a refused connection has its SQLSTATE only in this form.
        PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
        try connect(until: .now + timeout)
        PQsetnonblocking(handle, 1)
        guard PQserverVersion(handle) >= Self.oldestVersion else {
            throw PostgreSQLFailure(
                .refused(Self.unsuitable), "the server is older than version 12, which Carillon needs")
        }
        let encoding = PQparameterStatus(handle, "server_encoding").map { String(cString: $0) } ?? ""
        guard encoding == "UTF8" else {
            throw PostgreSQLFailure(
                .refused(Self.unsuitable),
                "the database has the encoding \(encoding); create one with the encoding UTF8")
        }
    }

    /// Stands in for an SQLSTATE where Carillon itself finds a server unsuitable: `feature_not_supported`.
    static let unsuitable = "0A000"

    deinit { PQfinish(handle) }

    private static func start(_ settings: [String: String]) -> OpaquePointer? {
        let pairs = settings.map { (strdup($0.key), strdup($0.value)) }
        defer {
            for (key, value) in pairs {
                free(key)
                free(value)
            }
        }
        let keys = pairs.map { UnsafePointer($0.0) } + [nil]
        let values = pairs.map { UnsafePointer($0.1) } + [nil]
        return PQconnectStartParams(keys, values, 0)
    }

    private func connect(until deadline: ContinuousClock.Instant) throws(PostgreSQLFailure) {
        guard PQstatus(handle) != CONNECTION_BAD else { throw PostgreSQLFailure(connecting: message) }
        var next = PGRES_POLLING_WRITING
        while next != PGRES_POLLING_OK {
            guard next != PGRES_POLLING_FAILED else { throw PostgreSQLFailure(connecting: message) }
            let events = next == PGRES_POLLING_READING ? POLLIN : POLLOUT
            guard wait(for: Int16(events), until: deadline) else {
                throw PostgreSQLFailure(.late, "no connection was made in time")
            }
            next = PQconnectPoll(handle)
        }
    }

    private var message: String { PQerrorMessage(handle).map { String(cString: $0) } ?? "" }

    /// The socket; it may change while connecting, and not afterwards.
    var socket: Int32 { PQsocket(handle) }

    /// Executes statements without values, separated by semicolons.
    ///
    /// - Returns: The answer to the last one.
    func execute(_ sql: String, timeout: Duration) throws(PostgreSQLFailure) -> PostgreSQLResult {
        try answer(PQsendQuery(handle, sql), timeout)
    }

    /// Executes a statement with values.
    func execute(
        _ sql: String, _ parameters: PostgreSQLParameters, timeout: Duration
    ) throws(PostgreSQLFailure) -> PostgreSQLResult {
        let isSent = parameters.withPointers { count, values, lengths, formats in
            PQsendQueryParams(handle, sql, count, nil, values, lengths, formats, 1)
        }
        return try answer(isSent, timeout)
    }

    /// Prepares a statement under a name. The server finds the types of its values by where they are used.
    func prepare(_ sql: String, as name: String, timeout: Duration) throws(PostgreSQLFailure) {
        _ = try answer(PQsendPrepare(handle, name, sql, 0, nil), timeout)
    }

    /// Executes a prepared statement.
    func execute(
        prepared name: String, _ parameters: PostgreSQLParameters, timeout: Duration
    ) throws(PostgreSQLFailure) -> PostgreSQLResult {
        let isSent = parameters.withPointers { count, values, lengths, formats in
            PQsendQueryPrepared(handle, name, count, values, lengths, formats, 1)
        }
        return try answer(isSent, timeout)
    }

    /// Waits for the answer to what was just sent.
    ///
    /// - Throws: `PostgreSQLFailure`: that of the first statement that failed, or `lost` or `late`, after which this object
    ///   must not be used any more.
    private func answer(_ isSent: Int32, _ timeout: Duration) throws(PostgreSQLFailure) -> PostgreSQLResult {
        guard isSent == 1 else { throw PostgreSQLFailure(.lost, message) }
        let deadline = ContinuousClock.now + timeout
        try flush(until: deadline)
        var last: PostgreSQLResult?
        var failure: PostgreSQLFailure?
        while true {
            while PQisBusy(handle) == 1 {
                guard wait(for: Int16(POLLIN), until: deadline) else {
                    throw PostgreSQLFailure(.late, "no answer within \(timeout)")
                }
                guard PQconsumeInput(handle) == 1 else { throw PostgreSQLFailure(.lost, message) }
            }
            guard let next = PQgetResult(handle) else { break }
            let result = PostgreSQLResult(next)
            last = result
            if failure == nil { failure = result.failure }
        }
        dropNotifications()
        if PQstatus(handle) == CONNECTION_BAD {
            // A server that ends a session says why before it hangs up.
            throw PostgreSQLFailure(.lost, failure?.message ?? message)
        }
        if let failure { throw failure }
        guard let last else { throw PostgreSQLFailure(.lost, "the server sent no answer") }
        return last
    }

    private func flush(until deadline: ContinuousClock.Instant) throws(PostgreSQLFailure) {
        while true {
            switch PQflush(handle) {
            case 0: return
            case 1:
                guard wait(for: Int16(POLLIN | POLLOUT), until: deadline) else {
                    throw PostgreSQLFailure(.late, "the server took nothing more in time")
                }
                // The server may be waiting for its answers to be read.
                guard PQconsumeInput(handle) == 1 else { throw PostgreSQLFailure(.lost, message) }
            default: throw PostgreSQLFailure(.lost, message)
            }
        }
    }

    /// Waits until the socket is ready for something. Returns `false` if it is not in time.
    private func wait(for events: Int16, until deadline: ContinuousClock.Instant) -> Bool {
        while true {
            let left = deadline - .now
            guard left > .zero else { return false }
            var entry = pollfd(fd: socket, events: events, revents: 0)
            // An error of the socket makes it ready, and libpq then says what it is.
            let count = poll(&entry, 1, left.pollMilliseconds)
            if count > 0 || (count < 0 && errno != EINTR) { return true }
        }
    }

    /// Reads what the server has sent, and whether a notification was among it.
    ///
    /// - Throws: `PostgreSQLFailure` with `lost`.
    func readNotifications() throws(PostgreSQLFailure) -> Bool {
        guard PQconsumeInput(handle) == 1 else { throw PostgreSQLFailure(.lost, message) }
        return dropNotifications()
    }

    /// Forgets notifications that have arrived. Behind a pooler others may listen on this connection.
    ///
    /// - Returns: Whether there were any.
    @discardableResult
    private func dropNotifications() -> Bool {
        var isAny = false
        while let notification = PQnotifies(handle) {
            PQfreemem(notification)
            isAny = true
        }
        return isAny
    }
}

extension Duration {
    /// The time in whole milliseconds, as PostgreSQL's settings have it.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
#endif
