/// The differences between databases; everything else is shared.
///
/// Tables have four kinds of columns: 64-bit integers (`BIGINT` in every database), names (up to 200 bytes of text,
/// compared as bytes, suitable for a key), texts and bytes.
public struct SQLDialect: Sendable {
    /// The type of a table's only key column if that is a number.
    public let integerKey: String
    /// The type of a name.
    public let name: String
    /// The type of a text of any length.
    public let text: String
    /// The type of bytes.
    public let bytes: String
    /// The suffix of a table that is stored in the order of its key.
    public let inKeyOrder: String
    /// The suffix of a table whose rows are written again and again, such as the room that its pages keep for that.
    public let rewritten: String
    /// A column, with a comma behind it, that is the key of a table which has none of its own; empty if a table needs none.
    public let hiddenKey: String
    /// Whether an insertion locks more of a UNIQUE index beside the key than its own entry, so that sessions which insert
    /// at once get in each other's way: then no table has one.
    public let locksUniqueIndexes: Bool
    /// Whether a statement that changes tables commits the transaction, so that migrations note each of their steps.
    public let changesOfTablesCommit: Bool
    /// Begins a writing transaction. It excludes all other writers, unless rows are locked one by one; see `rowLocks`.
    public let beginWriting: String
    /// Begins a transaction that reads a consistent snapshot.
    public let beginReading: String
    /// An expression for the time of the server's clock, in microseconds since 1970 in UTC, at the moment of the call
    /// and not at the start of its transaction or statement; `nil` if the database uses the clock of this process.
    public var clock: String?
    /// A statement that notifies other sessions of changes once the transaction is committed, such as `NOTIFY`; `nil`
    /// if nodes poll at intervals.
    public var announcement: String?
    /// How rows are locked one by one; `nil` if `beginWriting` excludes all other writers.
    public let rowLocks: SQLRowLocks?
    /// Where the generations of jobs come from; `nil` for a row of `carillon_counters`, for which every transaction
    /// that adds jobs waits until the one before has ended.
    public let generations: SQLSequence?
    /// Returns a statement that sets a column of one row to the time of `clock` once it has locked the row, and answers
    /// with that time. Its values are those of `key`, whose first column alone identifies the row. If it is `nil`, the
    /// time is read and written in two statements, and again if that took long.
    public let stamp: (@Sendable (_ table: String, _ column: String, _ key: [String]) -> String)?
    /// Returns the beginning of a deletion from a table, before `FROM` and `listedRows`.
    public let deletion: @Sendable (_ table: String) -> String
    /// Returns the tables and the condition of a statement that locks or changes the rows of a table whose column is in the
    /// list of a placeholder, which comes first of all placeholders; `nil` for the table, with `isAmongIntegers` or
    /// `isAmongTexts`. A database may otherwise read the whole table, and wait for rows that others have locked.
    public let listedRows: (@Sendable (_ table: String, _ column: String, _ isText: Bool) -> SQLListedRows)?
    /// Returns a clause behind a table that makes the database use an index, whatever it knows of the table; empty if it
    /// locks no rows that it only looks at.
    public let usingIndex: @Sendable (_ index: String) -> String
    /// Returns a statement that drops an index of a table.
    public let dropIndex: @Sendable (_ index: String, _ table: String) -> String
    /// Returns the suffix of an index that has only the rows that meet a condition; empty if it has to have all.
    public let partialIndex: @Sendable (_ condition: String) -> String
    /// Returns the beginning of the columns of a partial index whose rows all have one value in a column: that column, or
    /// nothing if the database forgets it when it looks into the index, and would read all of it.
    public let settledColumn: @Sendable (_ column: String) -> String
    /// Makes an insertion skip rows whose key is taken.
    public let insertUnlessTaken: @Sendable (_ insertion: String, _ key: [String]) -> String
    /// Makes an insertion update the row that has its key.
    public let upsert: @Sendable (_ insertion: String, _ key: [String], _ others: [String]) -> String
    /// Returns a condition that a column's text is in the list of a placeholder.
    public let isAmongTexts: @Sendable (_ column: String) -> String
    /// Returns a condition that a column's number is in the list of a placeholder.
    public let isAmongIntegers: @Sendable (_ column: String) -> String
    /// Returns a condition that a column's text contains that of a placeholder, by bytes.
    public let contains: @Sendable (_ column: String) -> String
    /// Returns an expression for the value of a column for which the database takes no index of that column; the column
    /// itself if it chooses among indexes by what is in them.
    public let withoutIndex: @Sendable (_ column: String) -> String
    /// Returns an expression for a value in a column of bytes that is neither bytes nor text, else NULL, so that it is
    /// detected without reading the bytes. Always NULL if a column can hold nothing else.
    public let exceptBytes: @Sendable (_ column: String) -> String

    /// Creates a dialect.
    public init(
        integerKey: String,
        name: String,
        text: String,
        bytes: String,
        inKeyOrder: String,
        rewritten: String = "",
        hiddenKey: String = "",
        locksUniqueIndexes: Bool = false,
        changesOfTablesCommit: Bool = false,
        beginWriting: String,
        beginReading: String,
        clock: String? = nil,
        announcement: String? = nil,
        rowLocks: SQLRowLocks?,
        generations: SQLSequence? = nil,
        stamp: (@Sendable (String, String, [String]) -> String)? = nil,
        deletion: @escaping @Sendable (String) -> String = { _ in "DELETE" },
        listedRows: (@Sendable (String, String, Bool) -> SQLListedRows)? = nil,
        usingIndex: @escaping @Sendable (String) -> String = { _ in "" },
        dropIndex: @escaping @Sendable (String, String) -> String = { index, _ in "DROP INDEX \(index)" },
        partialIndex: @escaping @Sendable (String) -> String = { " WHERE \($0)" },
        settledColumn: @escaping @Sendable (String) -> String = { "\($0), " },
        insertUnlessTaken: @escaping @Sendable (String, [String]) -> String = { insertion, key in
            "\(insertion) ON CONFLICT (\(key.joined(separator: ", "))) DO NOTHING"
        },
        upsert: @escaping @Sendable (String, [String], [String]) -> String = { insertion, key, others in
            let values = others.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
            return "\(insertion) ON CONFLICT (\(key.joined(separator: ", "))) DO UPDATE SET \(values)"
        },
        isAmongTexts: @escaping @Sendable (String) -> String,
        isAmongIntegers: @escaping @Sendable (String) -> String,
        contains: @escaping @Sendable (String) -> String,
        withoutIndex: @escaping @Sendable (String) -> String = { "+\($0)" },
        exceptBytes: @escaping @Sendable (String) -> String = { _ in "NULL" }
    ) {
        self.integerKey = integerKey
        self.name = name
        self.text = text
        self.bytes = bytes
        self.inKeyOrder = inKeyOrder
        self.rewritten = rewritten
        self.hiddenKey = hiddenKey
        self.locksUniqueIndexes = locksUniqueIndexes
        self.changesOfTablesCommit = changesOfTablesCommit
        self.beginWriting = beginWriting
        self.beginReading = beginReading
        self.clock = clock
        self.announcement = announcement
        self.rowLocks = rowLocks
        self.generations = generations
        self.stamp = stamp
        self.deletion = deletion
        self.listedRows = listedRows
        self.usingIndex = usingIndex
        self.dropIndex = dropIndex
        self.partialIndex = partialIndex
        self.settledColumn = settledColumn
        self.insertUnlessTaken = insertUnlessTaken
        self.upsert = upsert
        self.isAmongTexts = isAmongTexts
        self.isAmongIntegers = isAmongIntegers
        self.contains = contains
        self.withoutIndex = withoutIndex
        self.exceptBytes = exceptBytes
    }
}
