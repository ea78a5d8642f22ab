extension UInt32 {
    /// The value for no number: half the size of an optional.
    static let none = UInt32.max
}

/// A list of numbers that mostly has one or none: only the numbers after the first are in an array.
package struct FewNumbers: Sendable {
    private var others: [UInt32] = []
    private var head = UInt32.none

    /// Creates an empty list.
    package init() {}

    /// Appends a number.
    package mutating func append(_ number: UInt32) {
        if head == .none { head = number } else { others.append(number) }
    }

    /// Removes a number, if it is in the list.
    package mutating func remove(_ number: UInt32) {
        if head != number {
            others.removeAll { $0 == number }
        } else {
            head = others.isEmpty ? .none : others.removeFirst()
        }
    }
}

extension FewNumbers: RandomAccessCollection {
    /// See `Collection`.
    package var startIndex: Int { 0 }
    /// See `Collection`.
    package var endIndex: Int { head == .none ? 0 : 1 + others.count }
    /// See `Collection`.
    package subscript(position: Int) -> UInt32 { position == 0 ? head : others[position - 1] }
}
