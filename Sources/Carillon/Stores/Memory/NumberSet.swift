/// Different numbers in the order in which they were added: a bit says of each number whether it is in, which is quicker
/// than hashing.
package struct NumberSet: Sendable {
    private var numbers: [UInt32] = []
    private var words: [UInt64] = []

    /// No numbers.
    package init() {}

    /// Adds a number at the end, unless it is in.
    package mutating func add(_ number: UInt32) {
        let (word, bit) = (Int(number / 64), UInt64(1) << UInt64(number % 64))
        while word >= words.count { words.append(0) }
        guard words[word] & bit == 0 else { return }
        words[word] |= bit
        numbers.append(number)
    }

    /// Takes out all numbers.
    package mutating func takeAll() -> [UInt32] {
        for number in numbers { words[Int(number / 64)] = 0 }
        defer { numbers = [] }
        return numbers
    }
}
