#if MySQL
internal import CMySQL

/// A prepared statement of a connection, which has to live longer.
final class MySQLStatement {
    private let handle: UnsafeMutablePointer<MYSQL_STMT>

    /// Prepares a statement.
    init(_ sql: String, _ connection: UnsafeMutablePointer<MYSQL>, _ timeout: Duration) throws(MySQLFailure) {
        guard let handle = mysql_stmt_init(connection) else { throw .lost("there is no memory left") }
        self.handle = handle
        // The length of the longest value, for which room is made.
        var yes: my_bool = 1
        mysql_stmt_attr_set(handle, STMT_ATTR_UPDATE_MAX_LENGTH, &yes)
        let begun = ContinuousClock.now
        guard mysql_stmt_prepare(handle, sql, UInt(sql.utf8.count)) == 0 else { throw failure(since: begun, timeout) }
    }

    deinit { mysql_stmt_close(handle) }

    private func failure(since begun: ContinuousClock.Instant, _ timeout: Duration) -> MySQLFailure {
        MySQLFailure(
            number: mysql_stmt_errno(handle), String(cString: mysql_stmt_error(handle)),
            tookLong: .now - begun >= timeout)
    }

    /// Executes the statement, and reads the whole answer.
    func execute(_ parameters: MySQLParameters, _ timeout: Duration) throws(MySQLFailure) -> MySQLResult {
        let begun = ContinuousClock.now
        guard mysql_stmt_param_count(handle) == UInt(parameters.count) else {
            let wanted = mysql_stmt_param_count(handle)
            throw MySQLFailure(.refused(1210), "\(parameters.count) values for \(wanted) placeholders")
        }
        let isExecuted = parameters.withBinds { binds in
            (binds == nil || mysql_stmt_bind_param(handle, binds) == 0) && mysql_stmt_execute(handle) == 0
        }
        guard isExecuted else { throw failure(since: begun, timeout) }
        guard mysql_stmt_field_count(handle) > 0 else {
            return MySQLResult(affected: mysql_stmt_affected_rows(handle))
        }
        defer { mysql_stmt_free_result(handle) }
        guard mysql_stmt_store_result(handle) == 0, let result = MySQLResult(rowsOf: handle) else {
            throw failure(since: begun, timeout)
        }
        return result
    }
}
#endif
