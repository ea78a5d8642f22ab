// A literal has a type of its own, so that `JobID.init` as a function is always the one that throws.

extension JobID: ExpressibleByStringLiteral {
    /// Takes a literal of the program, such as `"report"`. One that is no id stops the program and says why; what comes
    /// from outside is given to the initializer that throws.
    public init(stringLiteral text: StaticString) { self = nameLiteral("\(text)", Self.init(_:)) }
}

extension TaskName: ExpressibleByStringLiteral {
    /// Takes a literal of the program, such as `"report"`. One that is no name stops the program and says why; what comes
    /// from outside is given to the initializer that throws.
    public init(stringLiteral text: StaticString) { self = nameLiteral("\(text)", Self.init(_:)) }
}

private func nameLiteral<Name>(_ text: String, _ make: (String) throws(CarillonError) -> Name) -> Name {
    do throws(CarillonError) {
        return try make(text)
    } catch {
        // The program's own text, which is wrong each time it is run.
        fatalError("a literal in the program is wrong: \(error.reason)")
    }
}

extension JobID {
    /// An id that no other job has: a name, `-`, and 13 letters and digits that are drawn at random.
    init(madeFor name: String) {
        let drawn = String(UInt64.random(in: 0...(.max)), radix: 36)
        let suffix = "-" + String(repeating: "0", count: 13 - drawn.count) + drawn
        self.init(plain: name.beginning(bytes: 200 - suffix.utf8.count) + suffix)
    }
}
