#if Redis
internal import Carillon
internal import Foundation

extension RedisAddress {
    /// Reads what is between the slashes, and returns the parameters, with `_` for `-`.
    mutating func read(_ url: String) throws(CarillonError) -> [(name: String, value: String)] {
        guard let colon = url.firstIndex(of: ":"), url[colon...].hasPrefix("://") else {
            throw Self.refusal("does not begin with redis://, rediss:// or unix://")
        }
        var body = url[colon...].dropFirst(3)
        var parameters: [(name: String, value: String)] = []
        if let question = body.firstIndex(of: "?") {
            for part in body[body.index(after: question)...].split(separator: "&") {
                let name = part.prefix { $0 != "=" }
                let value = name.endIndex < part.endIndex ? part[part.index(after: name.endIndex)...] : ""
                let plainName = try Self.decoded(name, "parameter").lowercased().replacing("-", with: "_")
                parameters.append((plainName, try Self.decoded(value, "parameter")))
            }
            body = body[..<question]
        }
        let server = body.prefix { $0 != "/" }
        let path = body[server.endIndex...]
        var host = server
        if let at = server.lastIndex(of: "@") {
            let credentials = server[..<at]
            host = server[server.index(after: at)...]
            let user = credentials.prefix { $0 != ":" }
            if !user.isEmpty { self.user = try Self.decoded(user, "user") }
            if user.endIndex < credentials.endIndex {
                password = try Self.decoded(credentials[credentials.index(after: user.endIndex)...], "password")
            }
        }
        switch url[..<colon].lowercased() {
        case "redis": break
        case "rediss": encryption = RedisEncryption()
        case "unix":
            guard host.isEmpty, path.count > 1 else {
                throw Self.refusal("names no socket, as in unix:///run/redis/redis.sock")
            }
            endpoint = .socket(try Self.decoded(path, "path"))
            return parameters
        default: throw Self.refusal("does not begin with redis://, rediss:// or unix://")
        }
        if path.count > 1 { database = try Self.database(try Self.decoded(path.dropFirst(), "path")) }
        endpoint = try Self.endpoint(host)
        return parameters
    }

    private static func endpoint(_ text: Substring) throws(CarillonError) -> RedisEndpoint {
        guard !text.isEmpty else { return .host("localhost", usualPort) }
        guard !text.contains(",") else { throw refusal("names several hosts, where it takes one") }
        var name = text
        var port: Substring?
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { throw refusal("has a '[' without a ']' in its host") }
            name = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { throw refusal("has text between ']' and the port") }
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else if let colon = text.firstIndex(of: ":") {
            name = text[..<colon]
            port = text[text.index(after: colon)...]
        }
        guard !name.isEmpty else { throw refusal("has a port and no host") }
        guard let port else { return .host(try decoded(name, "host"), usualPort) }
        guard let number = Int(port), (1...65_535).contains(number) else {
            throw refusal(
                """
                has a port that is not a number from 1 to 65535; in a user name or a password write @ as %40, : as %3A, / as \
                %2F and % as %25
                """)
        }
        return .host(try decoded(name, "host"), number)
    }

    private static func decoded(_ text: Substring, _ what: String) throws(CarillonError) -> String {
        guard text.contains("%") else { return String(text) }
        guard let decoded = String(text).removingPercentEncoding else {
            throw refusal("has a '%' in its \(what) that two hexadecimal digits do not follow; write it %25")
        }
        return decoded
    }
}
#endif
