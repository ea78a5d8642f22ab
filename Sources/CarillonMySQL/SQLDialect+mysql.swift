#if MySQL
internal import Carillon
internal import CarillonSQL

extension SQLDialect {
    /// The dialect of MariaDB 10.6 and MySQL 8.0.21, and later versions of these.
    ///
    /// Names and texts are bytes: every collation that compares texts as they are takes `a` and `a ` for the same.
    ///
    /// - Parameter clock: An expression for the time, in microseconds; `nil` for the server's clock.
    static func mySQL(clock: String?) -> SQLDialect {
        SQLDialect(
            integerKey: "BIGINT",
            name: "VARBINARY(1000)",
            text: "LONGBLOB",
            bytes: "LONGBLOB",
            inKeyOrder: "",
            hiddenKey: "place BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,",
            locksUniqueIndexes: true,
            changesOfTablesCommit: true,
            // The session reads what is committed; see `MySQLLimits`.
            beginWriting: "START TRANSACTION",
            beginReading: """
                SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY
                """,
            // NOW is the start of the statement, before its waits for locks, and in a zone with summer time it is off by an
            // hour in autumn.
            clock: clock ?? "CAST(UNIX_TIMESTAMP(SYSDATE(6)) * 1000000 AS SIGNED)",
            rowLocks: .forUpdate,
            generations: .ofBlocks,
            // An update or a deletion of one table alone reads all its rows to compare each with the list.
            deletion: { "DELETE \($0) FROM \($0)" },
            update: { "UPDATE \($0) JOIN (SELECT 1 AS one) AS single" },
            dropIndex: { "DROP INDEX \($0) ON \($1)" },
            partialIndex: { _ in "" },
            // `INSERT IGNORE` would ignore more than that.
            insertUnlessTaken: { insertion, key in "\(insertion) ON DUPLICATE KEY UPDATE \(key[0]) = VALUES(\(key[0]))" },
            upsert: { insertion, _, others in
                let values = others.map { "\($0) = VALUES(\($0))" }.joined(separator: ", ")
                return "\(insertion) ON DUPLICATE KEY UPDATE \(values)"
            },
            isAmongTexts: { column in
                """
                \(column) IN (
                    SELECT UNHEX(value) FROM JSON_TABLE(?, '$[*]' COLUMNS (value VARCHAR(2000) PATH '$' ERROR ON ERROR)) AS given
                )
                """
            },
            isAmongIntegers: { column in
                """
                \(column) IN (
                    SELECT value FROM JSON_TABLE(?, '$[*]' COLUMNS (value BIGINT PATH '$' ERROR ON ERROR)) AS given
                )
                """
            },
            contains: { "INSTR(\($0), ?) > 0" },
            withoutIndex: { $0 }
        )
    }

    /// The name of the lock for those who migrate a store. A server may compare such names in its own way, so it has
    /// lower-case letters and digits alone.
    static func migrationLock(database: String, prefix: String) -> String {
        var hash = StableHash()
        hash.add(database)
        hash.add(prefix)
        return "carillon" + String(hash.value, radix: 36)
    }
}

extension SQLSequence {
    /// Generations in blocks of a thousand, each with a number that the server counts up: it gives one without a wait for
    /// other transactions, and only one at a time for certain.
    static let ofBlocks = SQLSequence(
        creation: "CREATE TABLE carillon_generations (block BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY)",
        next: { (count, connection) throws(CarillonError) in
            var numbers: [Int64] = []
            numbers.reserveCapacity(count)
            while numbers.count < count {
                try connection.execute("INSERT INTO carillon_generations () VALUES ()", [])
                var block: Int64?
                try connection.query("SELECT LAST_INSERT_ID()", []) { row in block = try? row.integer(0) }
                guard let block, block > 0, block < Int64.max / blockSize - 1 else {
                    throw CarillonError(.storeFailed, "the database has no generations left in carillon_generations")
                }
                // The server goes on counting nevertheless.
                try connection.execute("DELETE FROM carillon_generations WHERE block = ?", [.integer(block)])
                let left = Int64(count - numbers.count)
                numbers += (0..<min(left, blockSize)).map { block * blockSize + $0 }
            }
            return numbers
        },
        raise: { (number, connection) throws(CarillonError) in
            let block = number / blockSize
            guard block > 0 else { return }
            try connection.execute(
                "INSERT INTO carillon_generations (block) VALUES (?) ON DUPLICATE KEY UPDATE block = VALUES(block)",
                [.integer(block)])
            try connection.execute("DELETE FROM carillon_generations WHERE block = ?", [.integer(block)])
        })

    private static let blockSize: Int64 = 1000
}

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
        let milliseconds = timeout.map { $0.components.seconds * 1000 + $0.components.attoseconds / 1_000_000_000_000_000 }
        let wait = milliseconds.map { max(1, $0 * 8 / 10_000) } ?? 3600
        var settings = [
            "sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
            "time_zone = '+00:00'", "autocommit = 1", "default_storage_engine = InnoDB",
            "innodb_lock_wait_timeout = \(wait)", "lock_wait_timeout = \(wait)",
        ]
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
