#if Web
import Carillon
import Foundation
import HTTPTypes
import HummingbirdCore

/// HTTP Basic (RFC 7617) with users and passwords in UTF-8.
struct BasicAuthenticator: RESTAuthenticator {
    /// The credentials as they are sent, `user:password`, in Unicode's composed form as section 2.1 wants it.
    private let credentials: [[UInt8]]

    init(_ users: [String: String]) { credentials = users.map { Self.bytes("\($0.key):\($0.value)") } }

    let challenge = #"Basic realm="Carillon", charset="UTF-8""#

    func role(of request: Request) -> APIRole? {
        guard let text = request.credentials(of: "basic"), let data = Data(base64Encoded: text),
            let sent = String(validating: data, as: UTF8.self).map(Self.bytes)
        else { return nil }
        // All are compared, so that the time says nothing of which users there are.
        var isKnown = false
        for known in credentials where known.isEqualInConstantTime(to: sent) { isKnown = true }
        return isKnown ? .admin : nil
    }

    private static func bytes(_ text: String) -> [UInt8] { Array(text.precomposedStringWithCanonicalMapping.utf8) }
}

/// A bearer token (RFC 6750).
struct BearerAuthenticator: RESTAuthenticator {
    private let token: [UInt8]

    init(_ token: String) { self.token = Array(token.utf8) }

    let challenge = #"Bearer realm="Carillon""#

    func role(of request: Request) -> APIRole? {
        guard let sent = request.credentials(of: "bearer") else { return nil }
        return token.isEqualInConstantTime(to: Array(sent.utf8)) ? .admin : nil
    }
}

extension Request {
    /// What follows a scheme in the header `Authorization`; `nil` if it has another scheme or is not there.
    fileprivate func credentials(of scheme: String) -> String? {
        guard let header = headers[.authorization] else { return nil }
        let words = header.split(separator: " ", maxSplits: 1)
        guard words.count == 2, words[0].lowercased() == scheme else { return nil }
        return words[1].trimmingCharacters(in: .whitespaces)
    }
}

extension [UInt8] {
    /// Compares in a time that depends on the lengths alone.
    fileprivate func isEqualInConstantTime(to other: [UInt8]) -> Bool {
        var difference = count ^ other.count
        for index in 0..<Swift.max(count, other.count) {
            let (left, right) = (index < count ? self[index] : 0, index < other.count ? other[index] : 0)
            difference |= Int(left ^ right)
        }
        return difference == 0
    }
}
#endif
