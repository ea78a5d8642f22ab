import Foundation

/// Reading the outcome and the result of a run.
extension Run {
    /// The outcome; `nil` while the run is open.
    public var outcome: Outcome? {
        if case .finished(let outcome) = state { outcome } else { nil }
    }

    /// Decodes what the task returned; `nil` if it returned nothing, the run did not succeed, or the run comes from a
    /// listing without results.
    ///
    ///     let total = try run.result(as: Int.self)
    ///
    /// - Throws: `DecodingError` if it is of another type.
    public func result<Value: Decodable>(as type: Value.Type) throws -> Value? {
        try result.map { try JSONDecoder().decode(type, from: Data($0)) }
    }
}
