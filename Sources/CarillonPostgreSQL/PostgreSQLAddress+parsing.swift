#if PostgreSQL
internal import CPostgreSQL
internal import Carillon

extension PostgreSQLAddress {
    /// Returns an error about an address. It never has text of the address that may be a part of a password.
    static func refusal(_ what: String) -> CarillonError {
        CarillonError(.unsupported, "the address of the PostgreSQL store \(what)")
    }

    /// Splits an address at its question mark, and its parameters.
    static func split(
        _ url: String
    ) throws(CarillonError) -> (base: String, parameters: [(text: String, name: String, value: String)]) {
        guard let colon = url.firstIndex(of: ":"), url[colon...].hasPrefix("://") else {
            throw refusal("does not begin with postgresql://")
        }
        // A driver of SQLAlchemy, as in `postgresql+psycopg2`, means nothing here.
        let scheme = url[..<colon].prefix { $0 != "+" }
        guard scheme == "postgresql" || scheme == "postgres" else { throw refusal("does not begin with postgresql://") }
        let rest = url[colon...]
        guard let question = rest.firstIndex(of: "?") else { return ("postgresql\(rest)", []) }
        var parameters: [(text: String, name: String, value: String)] = []
        for part in rest[rest.index(after: question)...].split(separator: "&") {
            let name = part.prefix { $0 != "=" }
            let value = name.endIndex < part.endIndex ? part[part.index(after: name.endIndex)...] : ""
            // The names and values of Carillon's own parameters need no percent signs.
            parameters.append((String(part), String(name), String(value)))
        }
        return ("postgresql\(rest[..<question])", parameters)
    }

    /// Returns the settings of an address, as libpq reads it.
    static func parsed(_ url: String) throws(CarillonError) -> [String: String] {
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(url, &message) else {
            defer { PQfreemem(message) }
            // libpq quotes what it does not understand, which may be a part of the password.
            let words = message.map { String(cString: $0) } ?? ""
            let cause = words.prefix { $0 != "\"" }.drop { $0 == " " }
            throw refusal(
                """
                cannot be read (libpq: \(cause.isEmpty ? "no memory" : String(cause))…); in a user name or a password write \
                @ as %40, : as %3A, / as %2F and % as %25
                """)
        }
        defer { PQconninfoFree(options) }
        var settings: [String: String] = [:]
        for option in Self.each(options) {
            if let value = option.val { settings[String(cString: option.keyword)] = String(cString: value) }
        }
        return settings
    }

    /// The keywords that this libpq has.
    static var keywords: Set<String> {
        guard let options = PQconndefaults() else { return [] }
        defer { PQconninfoFree(options) }
        return Set(each(options).map { String(cString: $0.keyword) })
    }

    private static func each(_ options: UnsafeMutablePointer<PQconninfoOption>) -> [PQconninfoOption] {
        var found: [PQconninfoOption] = []
        var next = options
        while next.pointee.keyword != nil {
            found.append(next.pointee)
            next += 1
        }
        return found
    }
}
#endif
