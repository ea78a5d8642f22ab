/// A dictionary for a few names, which it searches in sequence: that is quicker than hashing.
struct FewNamed<Value> {
    private(set) var names: [String] = []
    /// The values, in the order of `names`.
    var values: [Value] = []

    /// Returns the index of a name's value; `nil` if there is none.
    func index(of name: String) -> Int? { names.firstIndex(of: name) }

    /// Adds a name that has no value yet, and returns the index of its value.
    mutating func add(_ name: String, _ value: Value) -> Int {
        names.append(name)
        values.append(value)
        return names.count - 1
    }
}

extension FewNamed<Int> {
    /// Adds one to the count of a name.
    mutating func count(_ name: String) { values[index(of: name) ?? add(name, 0)] += 1 }
}

extension FewNamed: Sendable where Value: Sendable {}
