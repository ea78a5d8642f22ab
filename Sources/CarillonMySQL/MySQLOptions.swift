#if MySQL
/// How much a connection is encrypted, by the names that MySQL's clients have for it.
public enum MySQLEncryption: String, Hashable, Sendable, CaseIterable {
    /// Not at all.
    case disabled = "DISABLED"
    /// If the server can. Nothing is verified: this is against listeners, not against somebody in between.
    case preferred = "PREFERRED"
    /// Always. Nothing is verified.
    case required = "REQUIRED"
    /// Always, and the server's certificate is by an authority of `ssl-ca`. Any server of that authority will do.
    case verifyAuthority = "VERIFY_CA"
    /// Always, and the certificate is by an authority of `ssl-ca` and for the host of the address.
    case verifyIdentity = "VERIFY_IDENTITY"
}

/// What an address or an option file says of a server and of who connects to it.
struct MySQLOptions: Hashable, Sendable {
    var user: String?
    var password: String?
    var host: String?
    var port: UInt32?
    var socket: String?
    var encryption: MySQLEncryption?
    /// Files: the authority, and the client's certificate and key.
    var authority: String?
    var certificate: String?
    var key: String?

    /// What is wrong with a value.
    struct Refusal: Error {
        let reason: String
    }

    /// Sets one of the options about encryption.
    ///
    /// - Parameter name: Its name with `-`.
    /// - Returns: Whether there is one with this name.
    mutating func set(_ name: String, _ value: String) throws(Refusal) -> Bool {
        switch name {
        case "ssl-mode", "sslmode":
            guard let mode = MySQLEncryption(rawValue: value.uppercased().replacing("-", with: "_")) else {
                let names = MySQLEncryption.allCases.map(\.rawValue).joined(separator: ", ")
                throw Refusal(reason: "has an 'ssl-mode' that is none of \(names)")
            }
            encryption = mode
        case "ssl-ca": authority = value
        case "ssl-cert": certificate = value
        case "ssl-key": key = value
        default: return false
        }
        return true
    }

    /// Fills in what is not set.
    mutating func fill(from other: MySQLOptions) {
        // A port or a socket belongs to its host.
        if host == nil, socket == nil {
            host = other.host
            socket = other.socket
            port = port ?? other.port
        }
        // A password belongs to its user.
        if user == nil || other.user == nil || user == other.user { password = password ?? other.password }
        user = user ?? other.user
        if encryption == nil, authority == nil {
            encryption = other.encryption
            authority = other.authority
        }
        if certificate == nil, key == nil {
            certificate = other.certificate
            key = other.key
        }
    }

    static func port(_ text: some StringProtocol) -> UInt32? {
        guard text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }), let number = UInt32(text),
            1...65_535 ~= number
        else { return nil }
        return number
    }
}
#endif
