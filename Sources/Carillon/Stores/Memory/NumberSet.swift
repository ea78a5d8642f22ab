/// A set of numbers in the order in which they were added. Membership is a bit for each number, which is faster than
/// hashing.
package struct NumberSet: Sendable {
    private var numbers: [UInt32] = []
    private var words: [UInt64] = []

    /// Creates an empty set.
    package init() {}

    /// Appends a number, unless it is in the set.
    package mutating func add(_ number: UInt32) {
        let (word, bit) = (Int(number / 64), UInt64(1) << UInt64(number % 64))
        while word >= words.count { words.append(0) }
        guard words[word] & bit == 0 else { return }
        words[word] |= bit
        numbers.append(number)
    }

    /// Removes and returns all numbers.
    package mutating func takeAll() -> [UInt32] {
        for number in numbers { words[Int(number / 64)] = 0 }
        defer { numbers = [] }
        return numbers
    }
}
