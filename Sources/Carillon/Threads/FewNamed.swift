/// Values by name, for few names: they are looked for one after the other, which is quicker than hashing.
struct FewNamed<Value> {
    private(set) var names: [String] = []
    /// In the order of `names`.
    var values: [Value] = []

    /// Where a name's value is.
    func index(of name: String) -> Int? { names.firstIndex(of: name) }

    /// Adds a name that is not there, and answers where its value is.
    mutating func add(_ name: String, _ value: Value) -> Int {
        names.append(name)
        values.append(value)
        return names.count - 1
    }
}

extension FewNamed<Int> {
    /// Adds one to what is counted of a name.
    mutating func count(_ name: String) { values[index(of: name) ?? add(name, 0)] += 1 }
}

extension FewNamed: Sendable where Value: Sendable {}
