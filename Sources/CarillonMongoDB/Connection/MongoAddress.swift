#if MongoDB
public import Carillon
internal import Foundation

/// Where a job store is on MongoDB: `mongodb://user:password@host:27017,host:27018/database?name=value`, or `mongodb+srv://`
/// with a name whose service records lead to the servers.
///
/// The address is MongoDB's own, with all parameters that libmongoc takes: `replicaSet`, `authSource`, `tls`, `tlsCAFile` and
/// so on. Carillon adds `prefix`, the name that the store's collections begin with, `carillon` by default; `collection` means
/// the same. Parameters that would weaken what a store promises are refused: its writes wait for the majority and the journal,
/// it reads from the primary, and nothing is sent twice. Its time limits come from the store.
///
/// Nothing that describes an address shows the password.
public struct MongoAddress: Hashable, Sendable {
    /// The name of the database.
    public private(set) var database = Self.usualName
    /// The name that all collections begin with.
    public private(set) var prefix = Self.usualName
    /// The address as libmongoc takes it.
    let uri: String
    /// The address up to the database, without the password.
    private let place: String

    private static let usualName = "carillon"

    /// What the store decides itself, in lower case.
    private static let ownParameters: Set<String> = [
        "w", "wtimeoutms", "journal", "readpreference", "readpreferencetags", "readconcernlevel", "retrywrites",
        "retryreads", "sockettimeoutms", "connecttimeoutms", "serverselectiontimeoutms", "serverselectiontryonce",
        "slaveok", "safe",
    ]

    /// Takes an address apart.
    ///
    /// - Parameter prefix: As the parameter `prefix`, if the address has none.
    /// - Throws: `CarillonError` with `unsupported`; its reason does not show the address.
    public init(_ url: String, prefix: String? = nil) throws(CarillonError) {
        let schemes = ["mongodb://", "mongodb+srv://"]
        guard let scheme = schemes.first(where: { url.lowercased().hasPrefix($0) }) else {
            throw Self.refusal("does not begin with mongodb:// or mongodb+srv://")
        }
        let body = url.dropFirst(scheme.count).prefix { $0 != "?" }
        let server = body.prefix { $0 != "/" }
        let path = body[server.endIndex...].dropFirst()
        guard !server.isEmpty, server.last != "@" else {
            throw Self.refusal("names no host, as in mongodb://localhost")
        }
        var kept: [Substring] = []
        var named: String?
        for part in url.dropFirst(scheme.count + body.count).dropFirst().split(separator: "&") {
            let name = part.prefix { $0 != "=" }
            let value = name.endIndex < part.endIndex ? part[part.index(after: name.endIndex)...] : ""
            switch name.lowercased() {
            case "prefix", "collection":
                guard named == nil else { throw Self.refusal("names the prefix of its collections twice") }
                named = try Self.decoded(value, "prefix")
            case let word where Self.ownParameters.contains(word):
                throw Self.refusal("has '\(word)', which the store decides itself")
            default: kept.append(part)
            }
        }
        if let name = named ?? prefix { self.prefix = name }
        if !path.isEmpty { database = try Self.decoded(path, "database") }
        try Self.check(self.prefix, "prefix")
        try Self.check(database, "database")
        // Without a slash libmongoc takes no parameters.
        uri = "\(scheme)\(server)/\(path)" + (kept.isEmpty ? "" : "?\(kept.joined(separator: "&"))")
        var visible = String(server)
        if let at = server.lastIndex(of: "@") {
            visible = "\(server[..<at].prefix { $0 != ":" })\(server[at...])"
        }
        place = "\(scheme)\(visible)/"
    }

    /// Letters, digits and a few signs mean the same to every server and every tool.
    private static func check(_ name: String, _ what: String) throws(CarillonError) {
        let isPlain = name.utf8.allSatisfy { byte in
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
                || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || byte == UInt8(ascii: "_")
                || byte == UInt8(ascii: "-")
        }
        guard isPlain, (1...60).contains(name.utf8.count) else {
            throw refusal("has a \(what) that is no plain name: letters and digits of ASCII, '_' and '-', 60 at most")
        }
    }

    private static func decoded(_ text: Substring, _ what: String) throws(CarillonError) -> String {
        guard let decoded = String(text).removingPercentEncoding else {
            throw refusal("has a '%' in its \(what) that two hexadecimal digits do not follow; write it %25")
        }
        return decoded
    }

    /// Returns an error about an address. It never has text of the address that may be a part of a password.
    private static func refusal(_ what: String) -> CarillonError {
        CarillonError(.unsupported, "the address of the MongoDB store \(what)")
    }
}

extension MongoAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The address without the password and without parameters that do not tell stores apart.
    public var description: String {
        place + database + (prefix == Self.usualName ? "" : "?prefix=\(prefix)")
    }

    /// The same as `description`.
    public var debugDescription: String { description }

    /// Shows `description` alone.
    public var customMirror: Mirror { Mirror(self, children: ["address": description]) }
}
#endif
