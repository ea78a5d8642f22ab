#if MySQL
internal import Carillon
internal import Foundation

extension MySQLAddress {
    /// What is between the slashes and behind the question mark.
    struct Parts {
        var options = MySQLOptions()
        var database: String?
        /// With names in lower case and with `-` for `_`.
        var parameters: [(name: String, value: String)] = []
    }

    /// Splits an address.
    static func parts(of url: String) throws(CarillonError) -> Parts {
        guard let colon = url.firstIndex(of: ":"), url[colon...].hasPrefix("://"),
            // A driver of SQLAlchemy, as in `mysql+pymysql`, means nothing here.
            case let scheme = url[..<colon].lowercased().prefix(while: { $0 != "+" }),
            scheme == "mysql" || scheme == "mariadb"
        else { throw refusal("does not begin with mysql:// or mariadb://") }
        var body = url[colon...].dropFirst(3)
        var parts = Parts()
        if let question = body.firstIndex(of: "?") {
            for part in body[body.index(after: question)...].split(separator: "&") {
                let name = part.prefix { $0 != "=" }
                let value = name.endIndex < part.endIndex ? part[part.index(after: name.endIndex)...] : ""
                let plainName = try decoded(name, "parameter").lowercased().replacing("_", with: "-")
                parts.parameters.append((plainName, try decoded(value, "parameter")))
            }
            body = body[..<question]
        }
        let server = body.prefix { $0 != "/" }
        if server.endIndex < body.endIndex {
            parts.database = try decoded(body[body.index(after: server.endIndex)...], "database")
        }
        var host = server
        if let at = server.lastIndex(of: "@") {
            let credentials = server[..<at]
            host = server[server.index(after: at)...]
            let user = credentials.prefix { $0 != ":" }
            if !user.isEmpty { parts.options.user = try decoded(user, "user") }
            if user.endIndex < credentials.endIndex {
                parts.options.password = try decoded(
                    credentials[credentials.index(after: user.endIndex)...], "password")
            }
        }
        try read(host, into: &parts.options)
        return parts
    }

    private static func read(_ text: Substring, into options: inout MySQLOptions) throws(CarillonError) {
        guard !text.isEmpty else { return }
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
        options.host = try decoded(name, "host")
        if let port {
            guard let number = MySQLOptions.port(port) else {
                throw refusal(
                    """
                    has a port that is not a number from 1 to 65535; in a user name or a password write @ as %40, : as \
                    %3A, / as %2F and % as %25
                    """)
            }
            options.port = number
        }
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
