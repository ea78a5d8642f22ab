public import Carillon

/// A sequence: numbers that rise, each given once, for which no transaction waits.
///
/// A number is gone even if its transaction is rolled back, and transactions may be committed in another order than they
/// drew their numbers.
public struct SQLSequence: Sendable {
    /// Creates the sequence, which begins at 1.
    public let creation: String
    /// Returns new numbers in ascending order.
    public let next: @Sendable (_ count: Int, any SQLConnection) throws(CarillonError) -> [Int64]
    /// Makes all further numbers greater than a number, if they are not.
    public let raise: @Sendable (_ number: Int64, any SQLConnection) throws(CarillonError) -> Void

    /// Creates a sequence that takes several statements.
    public init(
        creation: String,
        next: @escaping @Sendable (Int, any SQLConnection) throws(CarillonError) -> [Int64],
        raise: @escaping @Sendable (Int64, any SQLConnection) throws(CarillonError) -> Void
    ) {
        self.creation = creation
        self.next = next
        self.raise = raise
    }

    /// Creates a sequence that takes a statement each.
    ///
    /// - Parameters:
    ///   - next: Answers with new numbers in ascending order, one a row. Its value is how many.
    ///   - raise: Makes all further numbers greater than its value, if they are not.
    public init(creation: String, next: String, raise: String) {
        self.init(
            creation: creation,
            next: { (count, connection) throws(CarillonError) in
                var numbers: [Int64] = []
                try connection.query(next, [.integer(Int64(count))]) { (row) throws(CarillonError) in
                    if let number = try? row.integer(0) { numbers.append(number) }
                }
                return numbers
            },
            raise: { (number, connection) throws(CarillonError) in
                try connection.query(raise, [.integer(number)]) { _ in }
            })
    }
}
