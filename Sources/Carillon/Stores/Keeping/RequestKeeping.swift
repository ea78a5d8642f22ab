public import CarillonTriggers

/// The identity of a request that may be sent twice: its sender, and the key that the sender gave it.
public struct RequestKey: Hashable, Sendable {
    /// The sender. The same key of another sender is a different one.
    public let actor: String
    /// The key that the sender chose.
    public let key: String

    /// The most bytes of the sender and of the key.
    public static let limit = 200

    /// Creates a key.
    ///
    /// - Throws: `CarillonError` with `invalidName` if one is empty, longer than 200 bytes, or has control characters.
    public init(actor: String, key: String) throws(CarillonError) {
        self.actor = try NameText(actor, of: "sender of a request").value
        self.key = try NameText(key, of: "key of a request").value
    }
}

/// The result of an attempt to claim a request's key.
public enum RequestClaim: Hashable, Sendable {
    /// The key was free: perform the request, and keep the answer with this token.
    case granted(token: Int64)
    /// The same request was answered.
    case answered([UInt8])
    /// The same request was claimed at this time and has no answer yet: it is being performed, or its process is gone.
    case unanswered(since: Instant)
    /// Another request has the key.
    case otherRequest
}

/// A store that remembers requests, so that one that is sent twice is performed once.
///
///     switch try await store.claim(key, fingerprint: hash(body), at: now, until: tomorrow) {
///     case .granted(let token):
///         let answer = try await perform(request)
///         try await store.keep(answer, of: key, token: token)
///     case .answered(let answer): …            // send it once more
///     case .unanswered: …                      // 409: try again later
///     case .otherRequest: …                    // 422: the key was used for something else
///     }
///
/// If several callers claim one key at once, one is granted it.
public protocol RequestKeeping: Sendable {
    /// Claims a key for a request. An expired claim is ignored.
    ///
    /// - Parameters:
    ///   - fingerprint: A value that identifies the request itself, such as a hash of method, path and body; 1,000
    ///     bytes at most.
    ///   - expires: Until when the request is remembered.
    ///   - abandoned: A claim of the same request from before this time that has no answer is granted anew: its owner
    ///     is taken to be gone, and the owner's answer is no longer kept. The caller has to find out whether the owner
    ///     had done anything.
    func claim(
        _ key: RequestKey, fingerprint: String, at now: Instant, until expires: Instant,
        takingOverBefore abandoned: Instant?
    ) async throws(CarillonError) -> RequestClaim

    /// Keeps the answer of a request that was granted.
    ///
    /// - Parameter answer: 64 KiB at most.
    /// - Returns: Whether it was kept: `false` if the claim has expired and was removed, was granted to another caller,
    ///   or has an answer.
    /// - Throws: `CarillonError` with `unsupported` if the answer is longer.
    @discardableResult
    func keep(_ answer: [UInt8], of key: RequestKey, token: Int64) async throws(CarillonError) -> Bool

    /// Releases a key whose request was not performed, so that it may be tried again.
    ///
    /// - Returns: Whether the claim existed without an answer.
    @discardableResult
    func release(_ key: RequestKey, token: Int64) async throws(CarillonError) -> Bool
}

extension RequestKeeping {
    /// Claims a key without taking over an abandoned claim.
    public func claim(_ key: RequestKey, fingerprint: String, at now: Instant, until expires: Instant)
        async throws(CarillonError) -> RequestClaim
    {
        try await claim(key, fingerprint: fingerprint, at: now, until: expires, takingOverBefore: nil)
    }
}

/// A request as a store keeps it.
package struct RememberedRequest: Hashable, Sendable {
    /// The value that identifies the request itself.
    package let fingerprint: String
    /// The token of the claim.
    package let token: Int64
    /// When it was claimed.
    package let claimed: Instant
    /// Until when it is remembered.
    package let expires: Instant
    /// The answer; `nil` until there is one.
    package var answer: [UInt8]?

    /// The most bytes of an answer.
    package static let answerLimit = 65_536
    /// The most expired requests that one claim removes, so that the remembered ones do not grow without limit.
    package static let removedAtOnce = 100

    /// Creates a remembered request.
    package init(fingerprint: String, token: Int64, claimed: Instant, expires: Instant, answer: [UInt8]? = nil) {
        self.fingerprint = fingerprint
        self.token = token
        self.claimed = claimed
        self.expires = expires
        self.answer = answer
    }

    /// Returns the answer to a claim of its key; `nil` if the claim is granted.
    package func answer(to fingerprint: String, at now: Instant, takingOverBefore abandoned: Instant?) -> RequestClaim?
    {
        guard now < expires else { return nil }
        guard self.fingerprint == fingerprint else { return .otherRequest }
        if let answer { return .answered(answer) }
        if let abandoned, claimed < abandoned { return nil }
        return .unanswered(since: claimed)
    }

    /// Throws `CarillonError` with `unsupported` if an answer is too long.
    package static func check(_ answer: [UInt8]) throws(CarillonError) {
        guard answer.count > answerLimit else { return }
        throw CarillonError(
            .unsupported,
            "the answer of a request has \(answer.count) bytes; \(answerLimit) are the most that is kept: keep what it is "
                + "made from"
        )
    }

    /// Throws `CarillonError` with `unsupported` if a fingerprint is too long.
    package static func check(fingerprint: String) throws(CarillonError) {
        guard fingerprint.utf8.count > 1000 else { return }
        throw CarillonError(
            .unsupported,
            "the fingerprint of a request has \(fingerprint.utf8.count) bytes; give a hash of it, of 1000 at most")
    }
}
