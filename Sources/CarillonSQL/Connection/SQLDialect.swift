/// What databases say differently; everything else is shared.
///
/// Tables are made of four kinds of column: whole numbers of 64 bits (`BIGINT`, as every database calls them), names
/// (up to 200 bytes of text, compared as bytes, fit for a key), texts and bytes.
public struct SQLDialect: Sendable {
    /// The type of a table's only key column where that is a number.
    public let integerKey: String
    /// The type of a name.
    public let name: String
    /// The type of a text of any length.
    public let text: String
    /// The type of bytes.
    public let bytes: String
    /// Stands behind a table that is to be stored in the order of its key.
    public let inKeyOrder: String
    /// Begins a transaction that writes; from here on nobody else's writes come between.
    public let beginWriting: String
    /// Begins a transaction that sees one moment.
    public let beginReading: String
    /// An expression for the time of the server's clock, in microseconds since 1970 in UTC, at the moment when it is asked
    /// and not when its transaction or statement began; `nil` where the database has the clock of this process.
    public var clock: String?
    /// Has other sessions told, once the transaction is committed, that there is something to look at, as by `NOTIFY`;
    /// `nil` where nodes ask at intervals.
    public var announcement: String?
    /// How rows are locked one by one; nothing where `beginWriting` keeps everybody else from writing.
    public let rowLocks: SQLRowLocks?
    /// Stands behind the columns of an index that is to hold only the rows that meet a condition; empty where all
    /// must be in it.
    public let partialIndex: @Sendable (_ condition: String) -> String
    /// Makes an insertion pass over rows whose key is taken.
    public let insertUnlessTaken: @Sendable (_ insertion: String, _ key: [String]) -> String
    /// Makes an insertion write its values into the row that has the key.
    public let upsert: @Sendable (_ insertion: String, _ key: [String], _ others: [String]) -> String
    /// Whether a column's text is among those of a placeholder's list.
    public let isAmongTexts: @Sendable (_ column: String) -> String
    /// Whether a column's number is among those of a placeholder's list.
    public let isAmongIntegers: @Sendable (_ column: String) -> String
    /// Whether a column's text contains that of a placeholder, by bytes.
    public let contains: @Sendable (_ column: String) -> String
    /// What a column of bytes holds where that is neither bytes nor a text, else null: so it is found out without reading
    /// them. Always null where a column can hold nothing else.
    public let exceptBytes: @Sendable (_ column: String) -> String

    /// Puts a dialect together.
    public init(
        integerKey: String,
        name: String,
        text: String,
        bytes: String,
        inKeyOrder: String,
        beginWriting: String,
        beginReading: String,
        clock: String? = nil,
        announcement: String? = nil,
        rowLocks: SQLRowLocks?,
        partialIndex: @escaping @Sendable (String) -> String,
        insertUnlessTaken: @escaping @Sendable (String, [String]) -> String,
        upsert: @escaping @Sendable (String, [String], [String]) -> String,
        isAmongTexts: @escaping @Sendable (String) -> String,
        isAmongIntegers: @escaping @Sendable (String) -> String,
        contains: @escaping @Sendable (String) -> String,
        exceptBytes: @escaping @Sendable (String) -> String = { _ in "NULL" }
    ) {
        self.integerKey = integerKey
        self.name = name
        self.text = text
        self.bytes = bytes
        self.inKeyOrder = inKeyOrder
        self.beginWriting = beginWriting
        self.beginReading = beginReading
        self.clock = clock
        self.announcement = announcement
        self.rowLocks = rowLocks
        self.partialIndex = partialIndex
        self.insertUnlessTaken = insertUnlessTaken
        self.upsert = upsert
        self.isAmongTexts = isAmongTexts
        self.isAmongIntegers = isAmongIntegers
        self.contains = contains
        self.exceptBytes = exceptBytes
    }
}
