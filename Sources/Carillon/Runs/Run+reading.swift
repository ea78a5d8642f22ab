import Foundation

/// What became of a run, to whoever asked for it.
extension Run {
    /// How it ended; `nil` while it is open.
    public var outcome: Outcome? {
        if case .finished(let outcome) = state { outcome } else { nil }
    }

    /// What the task returned; `nil` where that is nothing, or the run did not succeed, or the run comes from a listing
    /// that leaves results out.
    ///
    ///     let total = try run.result(as: Int.self)
    ///
    /// - Throws: `DecodingError` where it was another type.
    public func result<Value: Decodable>(as type: Value.Type) throws -> Value? {
        try result.map { try JSONDecoder().decode(type, from: Data($0)) }
    }
}
