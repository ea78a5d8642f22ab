package import Carillon
package import CarillonTriggers

/// Remembered requests.
extension SQLSession {
    private static let key = ["actor", "request_key"]
    private static let columns = key + ["fingerprint", "token", "claimed", "expires", "answer"]
    private static let addition = SQLWrite(.insertUnlessTaken, "carillon_requests", columns: columns, key: key)
    private static let takeover = SQLWrite(
        .update, "carillon_requests", columns: ["fingerprint", "token", "claimed", "expires", "answer"], key: key)
    private static let answering = SQLWrite(.update, "carillon_requests", columns: ["answer"], key: key)
    private static let removal = SQLWrite(.delete, "carillon_requests", key: key)

    /// See `RequestKeeping`.
    package func claim(
        _ key: RequestKey, fingerprint: String, at now: Instant, until expires: Instant,
        takingOverBefore abandoned: Instant?
    ) throws(CarillonError) -> RequestClaim {
        try RememberedRequest.check(fingerprint: fingerprint)
        return try writing { () throws(CarillonError) in
            // Random, because all claims would have to wait for a counter.
            let token = Int64.random(in: 1 ... .max)
            let claim = RememberedRequest(fingerprint: fingerprint, token: token, claimed: now, expires: expires)
            while true {
                if let known = try request(key) {
                    if let answer = known.answer(to: fingerprint, at: now, takingOverBefore: abandoned) {
                        return answer
                    }
                    var rows = SQLRows(width: Self.takeover.width)
                    Self.append(claim, to: &rows)
                    Self.append(key, to: &rows)
                    _ = try connection.write(Self.takeover, rows)
                } else {
                    var rows = SQLRows(width: Self.addition.width)
                    Self.append(key, to: &rows)
                    Self.append(claim, to: &rows)
                    // Another session may have been first.
                    guard try connection.write(Self.addition, rows) == [true] else { continue }
                }
                try removeExpired(at: now)
                return .granted(token: token)
            }
        }
    }

    /// See `RequestKeeping`.
    package func keep(_ answer: [UInt8], of key: RequestKey, token: Int64) throws(CarillonError) -> Bool {
        try RememberedRequest.check(answer)
        return try writing { () throws(CarillonError) in
            guard try isUnanswered(key, token) else { return false }
            var rows = SQLRows(width: Self.answering.width)
            rows.append(answer)
            Self.append(key, to: &rows)
            return try connection.write(Self.answering, rows) == [true]
        }
    }

    /// See `RequestKeeping`.
    package func release(_ key: RequestKey, token: Int64) throws(CarillonError) -> Bool {
        try writing { () throws(CarillonError) in
            guard try isUnanswered(key, token) else { return false }
            var rows = SQLRows(width: Self.removal.width)
            Self.append(key, to: &rows)
            return try connection.write(Self.removal, rows) == [true]
        }
    }

    private static func append(_ key: RequestKey, to rows: inout SQLRows) {
        rows.append(key.actor)
        rows.append(key.key)
    }

    private static func append(_ request: RememberedRequest, to rows: inout SQLRows) {
        rows.append(request.fingerprint)
        rows.append(request.token)
        rows.append(request.claimed.microseconds)
        rows.append(request.expires.microseconds)
        rows.append(request.answer)
    }

    private func isUnanswered(_ key: RequestKey, _ token: Int64) throws(CarillonError) -> Bool {
        guard let known = try request(key) else { return false }
        return known.token == token && known.answer == nil
    }

    /// Returns a remembered request, and locks it until the transaction ends.
    private func request(_ key: RequestKey) throws(CarillonError) -> RememberedRequest? {
        var found: RememberedRequest?
        try connection.query(
            """
            SELECT fingerprint, token, claimed, expires, answer FROM carillon_requests
            WHERE actor = ? AND request_key = ?\(connection.dialect.rowLocks?.waiting ?? "")
            """, [.text(key.actor), .text(key.key)]
        ) { (row) throws(CarillonError) in
            do throws(UnreadableRow) {
                found = RememberedRequest(
                    fingerprint: try row.text(0), token: try row.integer(1), claimed: try row.instant(2, "claimed"),
                    expires: try row.instant(3, "expires"), answer: try row.optionalBytes(4))
            } catch {
                throw CarillonError(
                    .storeCorrupt, "the request '\(key.key)' of '\(key.actor)' cannot be read: \(error.description)")
            }
        }
        return found
    }

    /// Removes some requests that have expired.
    private func removeExpired(at now: Instant) throws(CarillonError) {
        var rows = SQLRows(width: Self.removal.width)
        try connection.query(
            """
            SELECT actor, request_key FROM carillon_requests WHERE expires <= ?
            ORDER BY expires LIMIT ?\(connection.dialect.rowLocks?.skipping ?? "")
            """, [.integer(now.microseconds), .integer(Int64(RememberedRequest.removedAtOnce))]
        ) { (row) throws(CarillonError) in
            guard let actor = try? row.text(0), let key = try? row.text(1) else { return }
            rows.append(actor)
            rows.append(key)
        }
        _ = try connection.write(Self.removal, rows)
    }
}
