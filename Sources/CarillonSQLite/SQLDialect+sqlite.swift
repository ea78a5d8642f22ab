internal import CarillonSQL

extension SQLDialect {
    /// The dialect of SQLite 3.38 and later (`json_each`, upserts, row values).
    ///
    /// Texts are compared by `memcmp` by default, so names need no collation. A writer locks the whole file when it
    /// begins: there are no row locks, and no transaction fails late.
    static let sqlite = SQLDialect(
        integerKey: "INTEGER",
        name: "TEXT",
        text: "TEXT",
        bytes: "BLOB",
        inKeyOrder: " WITHOUT ROWID",
        beginWriting: "BEGIN IMMEDIATE",
        beginReading: "BEGIN",
        rowLocks: nil,
        isAmongTexts: { "\($0) IN (SELECT value FROM json_each(?))" },
        isAmongIntegers: { "\($0) IN (SELECT value FROM json_each(?))" },
        contains: { "instr(\($0), ?) > 0" },
        exceptBytes: { "CASE WHEN typeof(\($0)) IN ('integer', 'real') THEN \($0) END" }
    )
}
