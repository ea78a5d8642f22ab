/// The statements of a sequence: numbers that rise, each given once, for which no transaction waits.
///
/// A number is gone even if its transaction is rolled back, and transactions may be committed in another order than they
/// drew their numbers.
public struct SQLSequence: Sendable {
    /// Creates the sequence, which begins at 1.
    public let creation: String
    /// Answers with new numbers in ascending order, one a row. Its value is how many.
    public let next: String
    /// Makes all further numbers greater than its value, if they are not.
    public let raise: String

    /// Creates the three statements.
    public init(creation: String, next: String, raise: String) {
        self.creation = creation
        self.next = next
        self.raise = raise
    }
}
