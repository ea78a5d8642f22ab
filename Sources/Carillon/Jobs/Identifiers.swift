import Foundation

/// A text of 1 to 200 UTF-8 bytes without control characters, in Unicode's composed form (NFC) and ordered by its
/// bytes.
///
/// In NFC, two strings are equal in Swift exactly if their bytes are.
package struct NameText: Hashable, Comparable, Sendable {
    /// The text, in NFC.
    package let value: String

    /// Checks a text and normalizes it to NFC.
    ///
    /// - Throws: `CarillonError` with `invalidName` if it is empty, longer than 200 bytes, or has control characters.
    package init(_ text: String, of what: String) throws(CarillonError) {
        // Printable ASCII is in NFC.
        let isPlain = text.utf8.allSatisfy { 0x20...0x7E ~= $0 }
        let composed = isPlain ? text : text.precomposedStringWithCanonicalMapping
        let length = composed.utf8.count
        guard (1...200).contains(length) else {
            throw CarillonError(
                .invalidName,
                "a \(what) has 1 to 200 bytes of UTF-8; '\(Self.printable(composed))' has \(length)"
            )
        }
        guard isPlain || !composed.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw CarillonError(
                .invalidName,
                "a \(what) has no control characters; '\(Self.printable(composed))' has"
            )
        }
        value = composed
    }

    /// Creates a name from a text known to be valid.
    fileprivate init(plain text: String) { value = text }

    /// Returns the beginning of a text for an error: 40 characters and, if there are more, `…`, with control characters
    /// escaped.
    private static func printable(_ text: String) -> String {
        let beginning = text.prefix(40)
        let printable = beginning.unicodeScalars.reduce(into: "") { printed, scalar in
            let isControl = scalar.properties.generalCategory == .control
            printed += isControl ? "\\u{\(String(scalar.value, radix: 16, uppercase: true))}" : String(scalar)
        }
        return beginning.endIndex == text.endIndex ? printable : printable + "…"
    }

    /// Whether the left one comes first by its bytes.
    package static func < (left: NameText, right: NameText) -> Bool {
        left.value.comparedBytes(with: right.value) < 0
    }
}

/// The id of a job, unique over all stores of a scheduler: `"report"` in code, or `try JobID(text)` for a string from
/// outside. It has 1 to 200 bytes of UTF-8, and no control characters.
public struct JobID: Hashable, Comparable, Sendable, CustomStringConvertible {
    private let name: NameText

    /// Creates an id from a string from outside, normalized to NFC.
    ///
    /// - Throws: `CarillonError` with `invalidName` if it is empty, longer than 200 bytes, or has control characters.
    public init(_ text: String) throws(CarillonError) { name = try NameText(text, of: "job id") }

    /// Creates an id from a text known to be valid.
    init(plain text: String) { name = NameText(plain: text) }

    /// The text, in NFC.
    public var description: String { name.value }

    /// Whether the left one comes first by its bytes.
    public static func < (left: JobID, right: JobID) -> Bool { left.name < right.name }
}

/// The name that a task is registered under: `"report"` in code, or `try TaskName(text)` for a string from outside. It
/// has 1 to 200 bytes of UTF-8, and no control characters.
public struct TaskName: Hashable, Comparable, Sendable, CustomStringConvertible {
    private let name: NameText

    /// Creates a name from a string from outside, normalized to NFC.
    ///
    /// - Throws: `CarillonError` with `invalidName` if it is empty, longer than 200 bytes, or has control characters.
    public init(_ text: String) throws(CarillonError) { name = try NameText(text, of: "task name") }

    /// Creates a name from a text known to be valid.
    init(plain text: String) { name = NameText(plain: text) }

    /// The text, in NFC.
    public var description: String { name.value }

    /// Whether the left one comes first by its bytes.
    public static func < (left: TaskName, right: TaskName) -> Bool { left.name < right.name }
}

/// The id of a node: one scheduler process among those that share a store. A restarted process is a new node.
public struct NodeID: Hashable, Comparable, Sendable, CustomStringConvertible {
    private let name: NameText

    /// Creates an id from a text, normalized to NFC.
    ///
    /// - Throws: `CarillonError` with `invalidName` if it is empty, longer than 200 bytes, or has control characters.
    public init(_ text: String) throws(CarillonError) { name = try NameText(text, of: "node id") }

    /// Returns the id `node-` with a suffix of ASCII letters and digits that tells nodes apart.
    static func unnamed(_ suffix: String) -> NodeID { NodeID(NameText(plain: "node-\(suffix)")) }

    private init(_ name: NameText) { self.name = name }

    /// The text, in NFC.
    public var description: String { name.value }

    /// Whether the left one comes first by its bytes.
    public static func < (left: NodeID, right: NodeID) -> Bool { left.name < right.name }
}
