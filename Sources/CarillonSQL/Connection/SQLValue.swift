/// A value that is bound to a placeholder.
public enum SQLValue: Hashable, Sendable {
    /// No value.
    case null
    /// A whole number.
    case integer(Int64)
    /// A text, which is valid UTF-8.
    case text(String)
    /// Bytes.
    case bytes([UInt8])
    /// A list for `SQLDialect.isAmongTexts`.
    case texts([String])
    /// A list for `SQLDialect.isAmongIntegers`.
    case integers([Int64])

    /// A text, or null.
    package init(_ text: String?) { self = text.map { .text($0) } ?? .null }

    /// Bytes, or null.
    package init(_ bytes: [UInt8]?) { self = bytes.map { .bytes($0) } ?? .null }

    /// A number, or null.
    package init(_ number: Int64?) { self = number.map { .integer($0) } ?? .null }
}
