/// A violation of a contract by a store, an executor or a scheduler.
public struct ConformanceFailure: Error, Sendable, CustomStringConvertible {
    /// What was expected, and what was found.
    public let text: String
    /// The place of the expectation in the source.
    public let location: String

    /// Creates a failure.
    public init(_ text: String, file: String = #fileID, line: Int = #line) {
        self.text = text
        location = "\(file):\(line)"
    }

    /// A one-line description for people.
    public var description: String { "\(text) (\(location))" }
}

/// A violation of the contract by a store.
public typealias StoreConformanceFailure = ConformanceFailure
