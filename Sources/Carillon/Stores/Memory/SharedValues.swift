/// Stores equal values once under a number, with reference counts.
struct SharedValues<Value: Hashable & Sendable>: Sendable {
    private var values: [Value] = []
    private var users: [UInt32] = []
    private var unused: [UInt32] = []
    private var table = NumberTable()
    private var recent: UInt32 = 0
    private let hash: @Sendable (Value) -> Int

    /// Creates an empty collection.
    init(hash: @escaping @Sendable (Value) -> Int = { $0.hashValue }) { self.hash = hash }

    /// The number of places, including unused ones.
    var count: Int { values.count }

    /// The value of a number from `share`.
    subscript(number: UInt32) -> Value { values[Int(number)] }

    /// Returns the number that was given last, with one more user, if its value matches.
    ///
    /// Similar jobs are mostly added together, and comparing is faster than making a value and hashing it.
    mutating func shareRecent(where matches: (Value) -> Bool) -> UInt32? {
        guard recent < values.count, users[Int(recent)] > 0, matches(values[Int(recent)]) else { return nil }
        users[Int(recent)] += 1
        return recent
    }

    /// Replaces each value by an equal one.
    mutating func renew(_ renewed: (Value) -> Value) {
        for index in values.indices { values[index] = renewed(values[index]) }
    }

    /// Returns the number of a value, with one more user.
    mutating func share(_ value: Value) -> UInt32 {
        let hash = hash(value)
        if let number = table.find(hash: hash, where: { values[Int($0)] == value }) {
            users[Int(number)] += 1
            recent = number
            return number
        }
        let number = unused.popLast() ?? UInt32(values.count)
        if number < values.count {
            values[Int(number)] = value
            users[Int(number)] = 1
        } else {
            values.append(value)
            users.append(1)
        }
        table.insert(number, hash: hash)
        recent = number
        return number
    }

    /// Ends one use of a number; its place is reused when it has no users.
    mutating func release(_ number: UInt32) {
        users[Int(number)] -= 1
        guard users[Int(number)] == 0 else { return }
        table.remove(number, hash: hash(values[Int(number)]))
        unused.append(number)
    }
}
