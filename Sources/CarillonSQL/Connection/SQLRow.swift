/// A row of an answer while it is being read. Columns are counted from 0.
public protocol SQLRow: AnyObject {
    /// Whether the column holds no value.
    func isNull(_ column: Int) -> Bool

    /// A whole number; never one that was made of something else.
    func integer(_ column: Int) throws(UnreadableRow) -> Int64

    /// A text that is valid UTF-8.
    func text(_ column: Int) throws(UnreadableRow) -> String

    /// Bytes; a text counts as its UTF-8.
    func bytes(_ column: Int) throws(UnreadableRow) -> [UInt8]
}

extension SQLRow {
    /// A number, or nothing where the column is null.
    package func optionalInteger(_ column: Int) throws(UnreadableRow) -> Int64? {
        isNull(column) ? nil : try integer(column)
    }

    /// A text, or nothing where the column is null.
    package func optionalText(_ column: Int) throws(UnreadableRow) -> String? {
        isNull(column) ? nil : try text(column)
    }

    /// Bytes, or nothing where the column is null.
    package func optionalBytes(_ column: Int) throws(UnreadableRow) -> [UInt8]? {
        isNull(column) ? nil : try bytes(column)
    }
}

/// What a row holds cannot be understood. It says nothing of other rows.
public struct UnreadableRow: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong with which column.
    public let description: String

    /// Says what is wrong with which column.
    public init(_ description: String) { self.description = description }
}
