#if MongoDB
/// A value in a document.
package enum BSONValue: Equatable, Sendable {
    case double(Double)
    case text(String)
    case document(BSONDocument)
    case array([BSONValue])
    case bytes([UInt8])
    case boolean(Bool)
    /// Milliseconds since 1970.
    case date(Int64)
    case nothing
    case integer(Int64)
    /// What Carillon neither writes nor looks at: its type, and its bytes as they are.
    case other(UInt8, [UInt8])

    /// The number, also of a double that is whole.
    package var integer: Int64? {
        switch self {
        case .integer(let number), .date(let number): number
        case .double(let number): Int64(exactly: number)
        default: nil
        }
    }

    package var text: String? { if case .text(let text) = self { text } else { nil } }
    package var bytes: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }
    package var document: BSONDocument? { if case .document(let document) = self { document } else { nil } }
    package var array: [BSONValue] { if case .array(let values) = self { values } else { [] } }
    package var isTrue: Bool { self == .boolean(true) || integer.map { $0 != 0 } ?? false }

    /// An integer, or nothing.
    package static func optional(_ number: Int64?) -> BSONValue { number.map { .integer($0) } ?? .nothing }

    package static func texts(_ texts: some Sequence<String>) -> BSONValue { .array(texts.map { .text($0) }) }

    package static func integers(_ numbers: some Sequence<Int64>) -> BSONValue { .array(numbers.map { .integer($0) }) }
}

/// Fields in the order in which they are sent, which some commands depend on.
package struct BSONDocument: Equatable, Sendable {
    package private(set) var fields: [(name: String, value: BSONValue)] = []

    /// The value of the first field of a name; setting it to `nil` removes them.
    package subscript(name: String) -> BSONValue? {
        get { fields.first { $0.name == name }?.value }
        set {
            let place = fields.firstIndex { $0.name == name }
            switch (place, newValue) {
            case (let place?, let value?): fields[place].value = value
            case (nil, let value?): fields.append((name, value))
            case (_?, nil): fields.removeAll { $0.name == name }
            case (nil, nil): break
            }
        }
    }

    package var isEmpty: Bool { fields.isEmpty }

    package mutating func append(_ name: String, _ value: BSONValue) { fields.append((name, value)) }

    package static func == (left: BSONDocument, right: BSONDocument) -> Bool {
        left.fields.count == right.fields.count
            && zip(left.fields, right.fields).allSatisfy { $0.name == $1.name && $0.value == $1.value }
    }
}

extension BSONDocument: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, BSONValue)...) {
        for (name, value) in elements { fields.append((name, value)) }
    }
}

extension BSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral
{
    package init(stringLiteral value: String) { self = .text(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .boolean(value) }
    package init(arrayLiteral elements: BSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, BSONValue)...) {
        var document = BSONDocument()
        for (name, value) in elements { document.append(name, value) }
        self = .document(document)
    }
}
#endif
