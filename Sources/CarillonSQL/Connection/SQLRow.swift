/// A row of an answer while it is being read. Columns are counted from 0.
public protocol SQLRow: AnyObject {
    /// Whether the column is NULL.
    func isNull(_ column: Int) -> Bool

    /// Returns an integer; never one that was converted from another type.
    func integer(_ column: Int) throws(UnreadableRow) -> Int64

    /// Returns a text that is valid UTF-8.
    func text(_ column: Int) throws(UnreadableRow) -> String

    /// Returns bytes; those of a text are its UTF-8.
    func bytes(_ column: Int) throws(UnreadableRow) -> [UInt8]
}

extension SQLRow {
    /// Returns a number, or `nil` if the column is NULL.
    package func optionalInteger(_ column: Int) throws(UnreadableRow) -> Int64? {
        isNull(column) ? nil : try integer(column)
    }

    /// Returns a text, or `nil` if the column is NULL.
    package func optionalText(_ column: Int) throws(UnreadableRow) -> String? {
        isNull(column) ? nil : try text(column)
    }

    /// Returns bytes, or `nil` if the column is NULL.
    package func optionalBytes(_ column: Int) throws(UnreadableRow) -> [UInt8]? {
        isNull(column) ? nil : try bytes(column)
    }
}

/// An error in the contents of a row. It does not affect other rows.
public struct UnreadableRow: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong with which column.
    public let description: String
    /// Whether its trigger is of a type that is not registered.
    package let lacksTriggerType: Bool

    /// Says what is wrong with which column.
    public init(_ description: String) { self.init(description, lacksTriggerType: false) }

    package init(_ description: String, lacksTriggerType: Bool) {
        self.description = description
        self.lacksTriggerType = lacksTriggerType
    }
}
