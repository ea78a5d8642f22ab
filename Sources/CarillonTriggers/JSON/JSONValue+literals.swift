/// Values can be written as literals of Swift: `["func": "greet", "args": [1, 2.5, true, .null]]`.
///
/// `nil` is no literal of it: where an optional value is meant, it would silently become `null`.
extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringInterpolation {
    /// An object, with its keys in the order they are written.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member($0, $1) })
    }

    /// An array.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

    /// Text.
    public init(stringLiteral value: String) { self = .string(value) }
}

extension JSONValue: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral {
    /// A number without a fraction.
    public init(integerLiteral value: Int64) { self = .integer(value) }

    /// A number with a fraction.
    public init(floatLiteral value: Double) { self = .decimal("\(value)") }

    /// `true` or `false`.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}
