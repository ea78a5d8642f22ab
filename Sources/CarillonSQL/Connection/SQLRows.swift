/// Values of many rows, one row behind the other.
public struct SQLRows: Sendable {
    /// How many values a row has, 1 or more.
    public let width: Int
    /// All values.
    public private(set) var values: [SQLValue] = []

    /// No rows yet.
    package init(width: Int) { self.width = width }

    /// How many rows are complete.
    public var count: Int { values.count / width }

    /// The first values of every row.
    func keys(_ length: Int) -> Set<[SQLValue]> {
        Set(stride(from: 0, to: values.count, by: width).map { Array(values[$0..<min($0 + length, values.count)]) })
    }

    /// Adds the value that comes next.
    package mutating func append(_ next: SQLValue) { values.append(next) }

    /// Adds a number or null.
    package mutating func append(_ next: Int64?) { values.append(SQLValue(next)) }

    /// Adds a text or null.
    package mutating func append(_ next: String?) { values.append(SQLValue(next)) }

    /// Adds bytes or null.
    package mutating func append(_ next: [UInt8]?) { values.append(SQLValue(next)) }

    /// Adds the values that come next.
    package mutating func append(contentsOf next: [SQLValue]) { values += next }
}
