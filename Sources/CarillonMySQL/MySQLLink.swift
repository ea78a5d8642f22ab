#if MySQL
internal import CMySQL
internal import Carillon

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A connection to a server, used by one thread at a time. Every wait has an end: the client library gives up an answer
/// that does not come.
///
/// The client library writes to a socket with `MSG_NOSIGNAL`, save with TLS. So `SIGPIPE` is blocked on the thread that
/// connects, which is one of the store's own.
final class MySQLLink {
    /// The number of prepared statements above which all are dropped: listings have many forms.
    private static let statementLimit = 200

    private let handle: UnsafeMutablePointer<MYSQL>
    private let timeout: Duration
    private var statements: [String: MySQLStatement] = [:]

    /// Connects.
    ///
    /// - Parameters:
    ///   - timeout: How long an answer may take. The client library counts in whole seconds.
    ///   - limits: How long the server lets a session wait and work.
    init(
        _ options: MySQLOptions, database: String, timeout: Duration, limits: MySQLLimits
    ) throws(MySQLFailure) {
        Self.blockBrokenPipes()
        guard MySQLLibrary.isReady, mysql_thread_init() == 0, let handle = mysql_init(nil) else {
            throw .lost("there is no memory left")
        }
        self.handle = handle
        self.timeout = timeout
        try connect(options, database)
        try prepareSession(limits)
    }

    private static func blockBrokenPipes() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    deinit {
        statements = [:]
        mysql_close(handle)
    }

    private func connect(_ options: MySQLOptions, _ database: String) throws(MySQLFailure) {
        var seconds = timeout.wholeSecondsUp
        for option in [MYSQL_OPT_CONNECT_TIMEOUT, MYSQL_OPT_READ_TIMEOUT, MYSQL_OPT_WRITE_TIMEOUT] {
            mysql_options(handle, option, &seconds)
        }
        mysql_options(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4")
        if options.host != nil {
            // Otherwise `localhost` would be the socket.
            var tcp = MYSQL_PROTOCOL_TCP.rawValue
            mysql_options(handle, MYSQL_OPT_PROTOCOL, &tcp)
        }
        let encryption = try encrypt(options)
        let flags = UInt(CLIENT_FOUND_ROWS) | UInt(CLIENT_MULTI_STATEMENTS)
        let begun = ContinuousClock.now
        guard
            mysql_real_connect(
                handle, options.host, options.user, options.password, database, options.port ?? 0, options.socket, flags
            ) != nil
        else { throw failure(since: begun) }
        if encryption.isAlways, mysql_get_ssl_cipher(handle) == nil {
            throw MySQLFailure(.insecure, "the server offers no encryption")
        }
    }

    /// Says how to encrypt.
    private func encrypt(_ options: MySQLOptions) throws(MySQLFailure) -> MySQLEncryption {
        // Who names an authority wants the server verified.
        let mode = options.encryption ?? (options.authority == nil ? .preferred : .verifyIdentity)
        if options.host != nil, !mode.verifies {
            // Who is in between could otherwise ask for the password as it is.
            mysql_options(handle, MARIADB_OPT_RESTRICTED_AUTH, Self.safeMethods)
        }
        guard mode != .disabled else { return mode }
        if mode.verifies, options.authority == nil {
            throw MySQLFailure(.unsuitable, "ssl-mode=\(mode.rawValue) needs 'ssl-ca', the file of the authority")
        }
        var yes: my_bool = 1
        // Without verification the authority is left out, since the client library would check it.
        mysql_ssl_set(
            handle, options.key, options.certificate, mode.verifies ? options.authority : nil, nil, nil)
        if mode.isAlways { mysql_options(handle, MYSQL_OPT_SSL_ENFORCE, &yes) }
        if mode == .verifyIdentity { mysql_options(handle, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &yes) }
        return mode
    }

    /// The methods of authentication that do not send the password as it is.
    private static let safeMethods =
        "mysql_native_password,client_ed25519,caching_sha2_password,sha256_password,auth_gssapi_client"

    /// Sets what every session needs, and checks that the server is suitable.
    private func prepareSession(_ limits: MySQLLimits) throws(MySQLFailure) {
        let isMariaDB = mariadb_connection(handle) != 0
        let version = mysql_get_server_version(handle)
        guard version >= (isMariaDB ? 100_600 : 80_021) else {
            throw MySQLFailure(
                .unsuitable, "the server is older than MariaDB 10.6 or MySQL 8.0.21, one of which Carillon needs")
        }
        try execute(limits.statements(isMariaDB: isMariaDB))
        // SYSDATE may be told to be the start of a statement, from before its waits.
        let check = """
            SELECT CAST(\(isMariaDB ? "@@tx_isolation" : "@@transaction_isolation") AS BINARY), SLEEP(0.002),
                SYSDATE(6) > NOW(6)
            """
        let rows = try statement(check).execute(MySQLParameters([]), timeout)
        var isSuitable = false
        var isClockRunning = false
        rows.each { row in
            isSuitable = (try? row.text(0)) == "READ-COMMITTED"
            isClockRunning = (try? row.integer(2)) == 1
        }
        guard isSuitable else { throw MySQLFailure(.unsuitable, "the server does not take READ COMMITTED") }
        guard isClockRunning else {
            throw MySQLFailure(.unsuitable, "the server runs with sysdate-is-now; start it without that option")
        }
    }

    /// Returns the error of the last call.
    private func failure(since begun: ContinuousClock.Instant) -> MySQLFailure {
        MySQLFailure(
            number: mysql_errno(handle), String(cString: mysql_error(handle)), tookLong: .now - begun >= timeout)
    }

    /// Executes statements without values, separated by semicolons.
    func execute(_ sql: String) throws(MySQLFailure) {
        let begun = ContinuousClock.now
        var status = sql.utf8.withContiguousStorageIfAvailable { text in
            text.withMemoryRebound(to: CChar.self) { mysql_real_query(handle, $0.baseAddress, UInt($0.count)) }
        }
        if status == nil { status = mysql_real_query(handle, sql, UInt(sql.utf8.count)) }
        guard status == 0 else { throw failure(since: begun) }
        while true {
            if let result = mysql_store_result(handle) { mysql_free_result(result) }
            switch mysql_next_result(handle) {
            case -1: return
            case 0: break
            default: throw failure(since: begun)
            }
        }
    }

    /// Executes a statement with values.
    func execute(_ sql: String, _ parameters: MySQLParameters) throws(MySQLFailure) -> MySQLResult {
        try statement(sql).execute(parameters, timeout)
    }

    private func statement(_ sql: String) throws(MySQLFailure) -> MySQLStatement {
        if let known = statements[sql] { return known }
        if statements.count >= Self.statementLimit { statements = [:] }
        let made = try MySQLStatement(sql, handle, timeout)
        statements[sql] = made
        return made
    }
}

extension MySQLEncryption {
    /// Whether a connection without encryption is refused.
    var isAlways: Bool { self != .disabled && self != .preferred }

    /// Whether the server's certificate is checked.
    var verifies: Bool { self == .verifyAuthority || self == .verifyIdentity }
}

extension Duration {
    /// The time in whole seconds, rounded up; one at least.
    var wholeSecondsUp: UInt32 {
        let (seconds, attoseconds) = components
        return UInt32(clamping: max(1, seconds + (attoseconds > 0 ? 1 : 0)))
    }
}
#endif
