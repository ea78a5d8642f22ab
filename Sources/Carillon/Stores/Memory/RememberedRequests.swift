public import CarillonTriggers
import Synchronization

/// The requests that a memory store remembers.
struct RememberedRequests: Sendable {
    private var requests: [RequestKey: RememberedRequest] = [:]
    private var lastToken: Int64 = 0
    /// The number of requests that were left after the last search for expired ones.
    private var kept = 0

    mutating func claim(
        _ key: RequestKey, _ fingerprint: String, at now: Instant, until expires: Instant,
        takingOverBefore abandoned: Instant?
    ) -> RequestClaim {
        // A search through all pays off once there are twice as many.
        if requests.count > 2 * kept + RememberedRequest.removedAtOnce {
            requests = requests.filter { now < $0.value.expires }
            kept = requests.count
        }
        if let answer = requests[key]?.answer(to: fingerprint, at: now, takingOverBefore: abandoned) { return answer }
        lastToken += 1
        requests[key] = RememberedRequest(fingerprint: fingerprint, token: lastToken, claimed: now, expires: expires)
        return .granted(token: lastToken)
    }

    mutating func keep(_ answer: [UInt8], of key: RequestKey, token: Int64) -> Bool {
        guard isUnanswered(key, token) else { return false }
        requests[key]?.answer = answer
        return true
    }

    mutating func release(_ key: RequestKey, token: Int64) -> Bool {
        guard isUnanswered(key, token) else { return false }
        requests[key] = nil
        return true
    }

    private func isUnanswered(_ key: RequestKey, _ token: Int64) -> Bool {
        guard let request = requests[key] else { return false }
        return request.token == token && request.answer == nil
    }
}

extension MemoryJobStore: RequestKeeping {
    /// See `RequestKeeping`.
    public func claim(
        _ key: RequestKey, fingerprint: String, at now: Instant, until expires: Instant,
        takingOverBefore abandoned: Instant?
    ) async throws(CarillonError) -> RequestClaim {
        try RememberedRequest.check(fingerprint: fingerprint)
        return requests.withLock {
            $0.claim(key, fingerprint, at: now, until: expires, takingOverBefore: abandoned)
        }
    }

    /// See `RequestKeeping`.
    public func keep(_ answer: [UInt8], of key: RequestKey, token: Int64) async throws(CarillonError) -> Bool {
        try RememberedRequest.check(answer)
        return requests.withLock { $0.keep(answer, of: key, token: token) }
    }

    /// See `RequestKeeping`.
    public func release(_ key: RequestKey, token: Int64) async throws(CarillonError) -> Bool {
        requests.withLock { $0.release(key, token: token) }
    }
}
