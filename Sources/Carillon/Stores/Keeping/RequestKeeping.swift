public import CarillonTriggers

/// What tells a request apart that may be sent twice: who sends it, and the key that they gave it.
public struct RequestKey: Hashable, Sendable {
    /// Who sends it. The same key of somebody else is another one.
    public let actor: String
    /// What they call it.
    public let key: String

    /// The most bytes of either.
    public static let limit = 200

    /// Puts both together.
    ///
    /// - Throws: `CarillonError` with `invalidName` where one is empty, longer than 200 bytes, or has control characters.
    public init(actor: String, key: String) throws(CarillonError) {
        self.actor = try NameText(actor, of: "sender of a request").value
        self.key = try NameText(key, of: "key of a request").value
    }
}

/// What became of an attempt to claim a request's key.
public enum RequestClaim: Hashable, Sendable {
    /// Nobody had it: the request is to be done, and the answer to be kept by this token.
    case granted(token: Int64)
    /// The same request was answered.
    case answered([UInt8])
    /// The same request was claimed then, and has no answer yet: it is being done, or its process is gone.
    case unanswered(since: Instant)
    /// Another request has the key.
    case otherRequest
}

/// A store that remembers requests, so that one that is sent twice is done once.
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
/// Of several that claim one key at once, one is granted it.
public protocol RequestKeeping: Sendable {
    /// Claims a key for a request; a claim that has expired counts as none.
    ///
    /// - Parameters:
    ///   - fingerprint: What tells the request itself apart, such as a hash of method, path and body; 1,000 bytes at most.
    ///   - expires: Until when it is remembered.
    ///   - abandoned: A claim of the same request from before this time that has no answer is granted anew: whoever had
    ///     it is taken for gone, and their answer is not kept any more. Whether they had done anything is for the caller to
    ///     find out.
    func claim(
        _ key: RequestKey, fingerprint: String, at now: Instant, until expires: Instant,
        takingOverBefore abandoned: Instant?
    ) async throws(CarillonError) -> RequestClaim

    /// Keeps the answer of a request that was granted.
    ///
    /// - Parameter answer: 64 KiB at most.
    /// - Returns: Whether it was kept: not where the claim has expired and was removed, was granted to somebody else, or has an
    ///   answer.
    /// - Throws: `CarillonError` with `unsupported` where the answer is longer.
    @discardableResult
    func keep(_ answer: [UInt8], of key: RequestKey, token: Int64) async throws(CarillonError) -> Bool

    /// Gives back a key whose request was not done, so that it may be tried again.
    ///
    /// - Returns: Whether the claim was there, without an answer.
    @discardableResult
    func release(_ key: RequestKey, token: Int64) async throws(CarillonError) -> Bool
}

extension RequestKeeping {
    /// Claims a key, and takes over from nobody.
    public func claim(_ key: RequestKey, fingerprint: String, at now: Instant, until expires: Instant)
        async throws(CarillonError) -> RequestClaim
    {
        try await claim(key, fingerprint: fingerprint, at: now, until: expires, takingOverBefore: nil)
    }
}

/// A request as a store remembers it.
package struct RememberedRequest: Hashable, Sendable {
    /// What tells the request itself apart.
    package let fingerprint: String
    /// Which claim it is.
    package let token: Int64
    /// When it was claimed.
    package let claimed: Instant
    /// Until when it is remembered.
    package let expires: Instant
    /// Its answer, once there is one.
    package var answer: [UInt8]?

    /// The most bytes of an answer.
    package static let answerLimit = 65_536
    /// How many expired requests one claim removes at most, so that what is remembered does not grow without end.
    package static let removedAtOnce = 100

    /// Puts it together.
    package init(fingerprint: String, token: Int64, claimed: Instant, expires: Instant, answer: [UInt8]? = nil) {
        self.fingerprint = fingerprint
        self.token = token
        self.claimed = claimed
        self.expires = expires
        self.answer = answer
    }

    /// What somebody who claims its key gets to hear; `nil` where they may have it.
    package func answer(to fingerprint: String, at now: Instant, takingOverBefore abandoned: Instant?) -> RequestClaim?
    {
        guard now < expires else { return nil }
        guard self.fingerprint == fingerprint else { return .otherRequest }
        if let answer { return .answered(answer) }
        if let abandoned, claimed < abandoned { return nil }
        return .unanswered(since: claimed)
    }

    /// Refuses an answer that is too long.
    package static func check(_ answer: [UInt8]) throws(CarillonError) {
        guard answer.count > answerLimit else { return }
        throw CarillonError(
            .unsupported,
            "the answer of a request has \(answer.count) bytes; \(answerLimit) are the most that is kept: keep what it is "
                + "made from"
        )
    }

    /// Refuses a fingerprint that is too long.
    package static func check(fingerprint: String) throws(CarillonError) {
        guard fingerprint.utf8.count > 1000 else { return }
        throw CarillonError(
            .unsupported,
            "the fingerprint of a request has \(fingerprint.utf8.count) bytes; give a hash of it, of 1000 at most")
    }
}
