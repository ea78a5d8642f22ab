#if Configuration
import Foundation

extension StoreAddress {
    /// Takes an address apart.
    ///
    /// - Throws: `ConfigurationError` that says what is wrong without showing the address, which may hold a password.
    public init(_ text: String) throws(ConfigurationError) {
        do throws(Refusal) {
            self = try Self.parsed(text)
        } catch {
            throw ConfigurationError(
                .invalid, [ConfigurationProblem(place: nil, key: "", message: error.message)])
        }
    }

    /// What is wrong with a value, to be told with its place.
    struct Refusal: Error {
        let message: String

        init(_ message: String) { self.message = message }
    }

    static func parsed(_ text: String) throws(Refusal) -> StoreAddress {
        guard let colon = text.firstIndex(of: ":") else {
            throw Refusal("is not a store's address; an address begins with one of \(Kind.allBeginnings)")
        }
        let rest = text[text.index(after: colon)...]
        var address = try addressOfScheme(String(text[..<colon]), isURL: rest.hasPrefix("//"))
        guard address.kind != .memory else {
            guard rest.isEmpty || rest == "//" else { throw Refusal("has more than 'memory:', which stands alone") }
            return address
        }
        guard rest.hasPrefix("//") else { throw Refusal("lacks the two slashes behind '\(text[...colon])'") }
        var body = rest.dropFirst(2)
        if let question = body.firstIndex(of: "?") {
            address.parameters = try parameters(body[body.index(after: question)...])
            body = body[..<question]
        }
        if address.kind == .sqlite {
            try address.refuseParameters()
            address.path = try sqlitePath(body)
        } else {
            try address.readServer(body)
        }
        return address
    }

    /// Drivers that SQLAlchemy's addresses name (`postgresql+psycopg2`) mean nothing here.
    private static func addressOfScheme(_ scheme: String, isURL: Bool) throws(Refusal) -> StoreAddress {
        let word = scheme.lowercased()
        if word == "mongodb+srv" {
            var address = StoreAddress(.mongodb)
            address.usesServiceRecords = true
            return address
        }
        switch word.prefix(while: { $0 != "+" }) {
        case "memory" where !word.contains("+"): return StoreAddress(.memory)
        case "sqlite": return StoreAddress(.sqlite)
        case "postgresql", "postgres": return StoreAddress(.postgresql)
        case "mysql", "mariadb": return StoreAddress(.mysql)
        case "redis" where !word.contains("+"): return StoreAddress(.redis)
        case "rediss" where !word.contains("+"):
            var address = StoreAddress(.redis)
            address.usesTLS = true
            return address
        case "mongodb" where !word.contains("+"): return StoreAddress(.mongodb)
        case "zookeeper" where !word.contains("+"): return StoreAddress(.zookeeper)
        default:
            // What has no slashes may be a password in the wrong place.
            let what = isURL ? "has the scheme '\(scheme.prefix(40))', which is no store" : "is not a store's address"
            throw Refusal("\(what); an address begins with one of \(Kind.allBeginnings)")
        }
    }

    /// A file of SQLite has nothing to be set by its address. Values may be secrets, and names are not.
    private func refuseParameters() throws(Refusal) {
        guard !parameters.isEmpty else { return }
        let names = parameters.map { "'\($0.name.prefix(40))'" }.joined(separator: ", ")
        throw Refusal("has \(names) behind its '?', where an address of SQLite has nothing; in a path write '?' as %3F")
    }

    /// SQLAlchemy's rule: the path is what follows the third slash, and nothing is a database in memory.
    private static func sqlitePath(_ body: Substring) throws(Refusal) -> String {
        if body.isEmpty || body == "/" { return ":memory:" }
        guard body.hasPrefix("/") else {
            throw Refusal("lacks a slash: write sqlite:///relative/path or sqlite:////absolute/path")
        }
        return try decoded(body.dropFirst(), "path")
    }

    /// Reads `user:password@host:port,host:port/path`.
    private mutating func readServer(_ body: Substring) throws(Refusal) {
        let server = body.prefix { $0 != "/" }
        let path = body[server.endIndex...]
        var authority = server
        if let at = server.lastIndex(of: "@") {
            let credentials = server[..<at]
            authority = server[server.index(after: at)...]
            let user = credentials.prefix { $0 != ":" }
            self.user = user.isEmpty ? nil : try Self.decoded(user, "user")
            if user.endIndex < credentials.endIndex {
                let password = credentials[credentials.index(after: user.endIndex)...]
                self.password = Secret(try Self.decoded(password, "password"))
            }
        }
        if !authority.isEmpty {
            for part in authority.split(separator: ",", omittingEmptySubsequences: false) {
                hosts.append(try Self.host(part))
            }
        }
        if path.count > 1 {
            self.path = try Self.decoded(kind == .zookeeper ? path : path.dropFirst(), "path")
        }
        try check()
    }

    /// Looks whether the kind of store can have such hosts and such a path.
    func check() throws(Refusal) {
        switch kind {
        case .memory, .sqlite, .postgresql, .mysql: break
        case .redis, .mongodb, .zookeeper:
            guard !hosts.isEmpty else { throw Refusal("names no host, as in \(kind.rawValue)://localhost") }
        }
        switch kind {
        case .mysql, .redis:
            guard hosts.count <= 1 else { throw Refusal("names several hosts, where \(kind.rawValue) takes one") }
        case .memory, .sqlite, .postgresql, .mongodb, .zookeeper: break
        }
        if kind == .redis, let path, Int(path).map({ $0 < 0 }) ?? true {
            throw Refusal("has a path that is not the number of a database, as in redis://localhost/0")
        }
    }

    static func host(_ text: Substring) throws(Refusal) -> Host {
        var name = text
        var port: Substring?
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { throw Refusal("has a '[' without a ']' in its host") }
            name = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { throw Refusal("has text between ']' and the port") }
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else if let colon = text.firstIndex(of: ":") {
            name = text[..<colon]
            port = text[text.index(after: colon)...]
        }
        guard !name.isEmpty else { throw Refusal("has an empty host") }
        guard !name.unicodeScalars.contains(where: { $0.value <= 0x20 || $0 == "\u{7F}" }) else {
            throw Refusal("has a blank in its host")
        }
        guard let port else { return Host(name: try decoded(name, "host")) }
        guard port.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }), let number = Int(port),
            portLimits.contains(number)
        else {
            throw Refusal(
                "has a port that is not a number from 1 to 65535; in a user name or a password, write @ as %40, : as %3A "
                    + "and / as %2F")
        }
        return Host(name: try decoded(name, "host"), port: number)
    }

    static let portLimits = 1...65_535

    private static func parameters(_ query: Substring) throws(Refusal) -> [Parameter] {
        var parameters: [Parameter] = []
        for part in query.split(separator: "&") {
            let name = part.prefix { $0 != "=" }
            let value = name.endIndex < part.endIndex ? part[part.index(after: name.endIndex)...] : ""
            parameters.append(
                Parameter(name: try decoded(name, "parameter"), value: Secret(try decoded(value, "parameter"))))
        }
        return parameters
    }

    private static func decoded(_ text: Substring, _ what: String) throws(Refusal) -> String {
        guard text.contains("%") else { return String(text) }
        guard let decoded = String(text).removingPercentEncoding else {
            throw Refusal("has a '%' in its \(what) that two hexadecimal digits do not follow; write it %25")
        }
        return decoded
    }
}
#endif
