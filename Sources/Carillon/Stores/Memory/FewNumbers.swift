extension UInt32 {
    /// What stands for no number: half as large as an optional.
    static let none = UInt32.max
}

/// Numbers in a row, of which there is mostly one or none: an array is made only of those behind the first.
package struct FewNumbers: Sendable {
    private var others: [UInt32] = []
    private var head = UInt32.none

    /// No numbers.
    package init() {}

    /// Puts one at the end.
    package mutating func append(_ number: UInt32) {
        if head == .none { head = number } else { others.append(number) }
    }

    /// Takes one out; nothing happens where it is not in.
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
