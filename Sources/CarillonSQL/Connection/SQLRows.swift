/// The values of many rows, row after row.
public struct SQLRows: Sendable {
    /// The number of values in a row, 1 or more.
    public let width: Int
    /// All values.
    public private(set) var values: [SQLValue] = []

    /// Creates an empty list.
    package init(width: Int) { self.width = width }

    /// The number of complete rows.
    public var count: Int { values.count / width }

    /// Returns the first values of every row.
    func keys(_ length: Int) -> Set<[SQLValue]> {
        Set(stride(from: 0, to: values.count, by: width).map { Array(values[$0..<min($0 + length, values.count)]) })
    }

    /// Appends a value.
    package mutating func append(_ next: SQLValue) { values.append(next) }

    /// Appends a number or NULL.
    package mutating func append(_ next: Int64?) { values.append(SQLValue(next)) }

    /// Appends a text or NULL.
    package mutating func append(_ next: String?) { values.append(SQLValue(next)) }

    /// Appends bytes or NULL.
    package mutating func append(_ next: [UInt8]?) { values.append(SQLValue(next)) }

    /// Appends values.
    package mutating func append(contentsOf next: [SQLValue]) { values += next }
}
