#if Redis
public import Carillon

/// Where a job store is on Redis: `redis://user:password@host:6379/0?name=value`.
///
/// `rediss://` encrypts, and `unix:///path/to/socket?db=0` is a socket of this machine. The number is that of the database,
/// 0 if there is none. The parameters are named as those of redis-py; `-` may stand for `_`:
///
/// - `prefix`: the name that the keys of the store begin with, `carillon` by default: each is `{carillon}:…`. `jobs_key`
///   means the same.
/// - `db`, `username`, `password`: as in the address.
/// - `password_file`: a file that has the password alone.
/// - `ssl_ca_certs`: a file of authorities to trust instead of the system's; `ssl_certfile` and `ssl_keyfile`: a certificate
///   of our own; `ssl_cert_reqs`: `required`, or `none` to take any server.
///
/// Nothing that describes an address shows the password.
public struct RedisAddress: Hashable, Sendable {
    /// The number of the database.
    public internal(set) var database = 0
    /// The name that all keys begin with.
    public internal(set) var prefix = Self.usualPrefix
    var endpoint = RedisEndpoint.host("localhost", Self.usualPort)
    var user: String?
    var password: String?
    var passwordFile: String?
    var encryption: RedisEncryption?

    static let usualPrefix = "carillon"
    static let usualPort = 6379

    /// Takes an address apart.
    ///
    /// - Parameter prefix: As the parameter `prefix`, if the address has none.
    /// - Throws: `CarillonError` with `unsupported`; its reason does not show the address.
    public init(_ url: String, prefix: String? = nil) throws(CarillonError) {
        var hasPrefix = false
        var encryption = RedisEncryption()
        for (name, value) in try read(url) {
            switch name {
            case "prefix", "jobs_key":
                guard !hasPrefix else { throw Self.refusal("names the prefix of its keys twice") }
                hasPrefix = true
                self.prefix = value
            case "db": database = try Self.database(value)
            case "username": user = value
            case "password": password = value
            case "password_file": passwordFile = value
            case "ssl_ca_certs": encryption.authorities = value
            case "ssl_certfile": encryption.certificate = value
            case "ssl_keyfile": encryption.key = value
            case "ssl_cert_reqs":
                switch value {
                case "required": encryption.isVerifying = true
                case "none": encryption.isVerifying = false
                default: throw Self.refusal("has an 'ssl_cert_reqs' other than 'required' and 'none'")
                }
            default: throw Self.refusal("has the parameter '\(name.prefix(40))', which Carillon does not have")
            }
        }
        if self.encryption != nil {
            self.encryption = encryption
        } else if encryption != RedisEncryption() {
            throw Self.refusal("has settings of TLS and does not begin with rediss://")
        }
        if let prefix, !hasPrefix { self.prefix = prefix }
        let isPlain = self.prefix.utf8.allSatisfy {
            0x21...0x7E ~= $0 && $0 != UInt8(ascii: "{") && $0 != UInt8(ascii: "}")
        }
        guard isPlain, (1...100).contains(self.prefix.utf8.count) else {
            throw Self.refusal(
                "has a prefix that is no plain name: letters, digits and signs of ASCII but '{', '}' and blanks, 100 at most"
            )
        }
    }

    static func database(_ text: String) throws(CarillonError) -> Int {
        guard let number = Int(text), (0...100_000).contains(number) else {
            throw refusal("has a database that is no number, as in redis://localhost/0")
        }
        return number
    }

    /// Returns an error about an address. It never has text of the address that may be a part of a password.
    static func refusal(_ what: String) -> CarillonError {
        CarillonError(.unsupported, "the address of the Redis store \(what)")
    }
}

extension RedisAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The address without the password and without parameters that do not tell stores apart.
    public var description: String {
        let user = user.map { "\($0)@" } ?? ""
        let name = prefix == Self.usualPrefix ? "" : "prefix=\(prefix)"
        switch endpoint {
        case .socket(let path):
            let parameters = [database == 0 ? "" : "db=\(database)", name].filter { !$0.isEmpty }
            return "unix://\(user)\(path)" + (parameters.isEmpty ? "" : "?\(parameters.joined(separator: "&"))")
        case .host(let host, let port):
            let scheme = encryption == nil ? "redis" : "rediss"
            let host = host.contains(":") ? "[\(host)]" : host
            let place = port == Self.usualPort ? host : "\(host):\(port)"
            return "\(scheme)://\(user)\(place)/\(database)" + (name.isEmpty ? "" : "?\(name)")
        }
    }

    /// The same as `description`.
    public var debugDescription: String { description }

    /// Shows `description` alone.
    public var customMirror: Mirror { Mirror(self, children: ["address": description]) }
}
#endif
