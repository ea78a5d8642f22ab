#if MySQL
/// How long the server lets a session wait and work, so that a client that has given up leaves no locks behind for long.
struct MySQLLimits {
    /// How long the client waits for an answer; `nil` for as long as it takes.
    let timeout: Duration?

    init(timeout: Duration) { self.timeout = timeout }

    private init() { timeout = nil }

    /// No limits, for migrations.
    static let none = MySQLLimits()

    /// Statements that prepare a session.
    func statements(isMariaDB: Bool) -> String {
        let milliseconds = timeout.map { Int64($0 / .milliseconds(1)) }
        let wait = milliseconds.map { max(1, $0 * 8 / 10_000) } ?? 3600
        var settings = [
            "sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
            "time_zone = '+00:00'", "autocommit = 1", "default_storage_engine = InnoDB",
            "innodb_lock_wait_timeout = \(wait)", "lock_wait_timeout = \(wait)",
        ]
        // Buffers for joins would read, and lock, more rows of a table than those that match.
        settings.append(isMariaDB ? "join_cache_level = 0" : "optimizer_switch = 'block_nested_loop=off'")
        // Searches step through tasks, each a recursion.
        settings.append("\(isMariaDB ? "max_recursive_iterations" : "cte_max_recursion_depth") = 1000000")
        if isMariaDB {
            let work = milliseconds.map { max(1, $0 * 9 / 10) } ?? 0
            settings.append("max_statement_time = \(work / 1000).\(String(1000 + work % 1000).dropFirst())")
            settings.append("idle_transaction_timeout = \(milliseconds.map { max(1, $0 * 2 / 1000) } ?? 0)")
        } else if let milliseconds {
            // MySQL has a limit for searches alone, and none for transactions that do nothing: a session whose client has
            // gone without a word ends after this time, and one that was just idle is made anew when it is needed.
            settings.append("max_execution_time = \(max(1, milliseconds * 9 / 10))")
            settings.append("wait_timeout = 60")
        }
        let all = settings.map { "SESSION \($0)" }.joined(separator: ", ")
        return "SET \(all); SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"
    }
}
#endif
