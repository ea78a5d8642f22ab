// A literal has its own type, so that `JobID.init` as a function is always the throwing one.

extension JobID: ExpressibleByStringLiteral {
    /// Creates an id from a literal in code, such as `"report"`. An invalid one stops the program with a message; for a
    /// string from outside use the initializer that throws.
    public init(stringLiteral text: StaticString) { self = nameLiteral("\(text)", Self.init(_:)) }
}

extension TaskName: ExpressibleByStringLiteral {
    /// Creates a name from a literal in code, such as `"report"`. An invalid one stops the program with a message; for
    /// a string from outside use the initializer that throws.
    public init(stringLiteral text: StaticString) { self = nameLiteral("\(text)", Self.init(_:)) }
}

private func nameLiteral<Name>(_ text: String, _ make: (String) throws(CarillonError) -> Name) -> Name {
    do throws(CarillonError) {
        return try make(text)
    } catch {
        // The literal is part of the program, so it fails on each start.
        fatalError("a literal in the program is wrong: \(error.reason)")
    }
}

extension JobID {
    /// Creates an id that no other job has: a name, `-`, and 13 random letters and digits.
    init(madeFor name: String) {
        let drawn = String(UInt64.random(in: 0...(.max)), radix: 36)
        let suffix = "-" + String(repeating: "0", count: 13 - drawn.count) + drawn
        self.init(plain: name.beginning(bytes: 200 - suffix.utf8.count) + suffix)
    }
}
