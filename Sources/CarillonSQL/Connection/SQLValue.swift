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

    /// Creates a text, or NULL.
    package init(_ text: String?) { self = text.map { .text($0) } ?? .null }

    /// Creates bytes, or NULL.
    package init(_ bytes: [UInt8]?) { self = bytes.map { .bytes($0) } ?? .null }

    /// Creates a number, or NULL.
    package init(_ number: Int64?) { self = number.map { .integer($0) } ?? .null }
}
