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
            deletion: { "DELETE \($0)" },
            // The list first: a server that chose would begin with a short table, and lock all of it.
            listedRows: { table, column, isText in
                let value = isText ? "UNHEX(given.value)" : "given.value"
                return SQLListedRows(
                    tables: "\(list(isText)) AS given STRAIGHT_JOIN \(table) ON \(table).\(column) = \(value)",
                    condition: "given.value IS NOT NULL")
            },
            usingIndex: { " FORCE INDEX (\($0))" },
            dropIndex: { "DROP INDEX \($0) ON \($1)" },
            partialIndex: { _ in "" },
            // `INSERT IGNORE` would ignore more than that.
            insertUnlessTaken: { insertion, key in "\(insertion) ON DUPLICATE KEY UPDATE \(key[0]) = VALUES(\(key[0]))"
            },
            upsert: { insertion, _, others in
                let values = others.map { "\($0) = VALUES(\($0))" }.joined(separator: ", ")
                return "\(insertion) ON DUPLICATE KEY UPDATE \(values)"
            },
            isAmongTexts: { "\($0) IN (SELECT UNHEX(value) FROM \(list(true)) AS given)" },
            isAmongIntegers: { "\($0) IN (SELECT value FROM \(list(false)) AS given)" },
            contains: { "INSTR(\($0), ?) > 0" },
            withoutIndex: { $0 }
        )
    }

    /// The list of a placeholder as a table with the column `value`.
    private static func list(_ isText: Bool) -> String {
        "JSON_TABLE(?, '$[*]' COLUMNS (value \(isText ? "VARCHAR(2000)" : "BIGINT") PATH '$' ERROR ON ERROR))"
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
#endif
