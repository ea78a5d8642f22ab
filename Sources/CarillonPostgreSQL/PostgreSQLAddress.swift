#if PostgreSQL
internal import CPostgreSQL
public import Carillon
internal import CarillonSQL

/// Where a job store is on PostgreSQL: `postgresql://user:password@host:5432/database?name=value`.
///
/// The parameters are those of libpq, such as `sslmode`, `sslrootcert`, `passfile` and `target_session_attrs`, and four
/// of Carillon:
///
/// - `schema`: the schema that has the tables; otherwise the server's `search_path` decides.
/// - `prefix`: how the names of tables begin, `carillon_` by default; or `tablename`, for `prefix` with an underscore.
/// - `pooler=transaction`: a pooler such as PgBouncer is between this program and the server, and gives each transaction
///   another connection of its own.
///
/// What is not given comes from where libpq takes it: the environment (`PGHOST`, `PGUSER`, `PGPASSFILE`, …), `~/.pgpass`
/// and its defaults. Nothing that describes an address shows the password.
public struct PostgreSQLAddress: Hashable, Sendable {
    /// The keywords of libpq that were given, with their values.
    let settings: [String: String]
    /// The schema of the tables; `nil` for that of the server's `search_path`.
    public let schema: String?
    /// How the names of tables begin.
    public let prefix: String
    /// Whether a pooler gives each transaction another connection.
    public let isPooled: Bool

    /// Takes an address apart.
    ///
    /// - Throws: `CarillonError` with `unsupported`; its reason does not show the address.
    public init(_ url: String) throws(CarillonError) {
        let (base, parameters) = try Self.split(url)
        var own: [(name: String, value: String)] = []
        var others: [String] = []
        for (text, name, value) in parameters {
            if Self.ownParameters.contains(name) { own.append((name, value)) } else { others.append(text) }
        }
        let rest = others.isEmpty ? base : "\(base)?\(others.joined(separator: "&"))"
        try self.init(settings: try Self.parsed(rest), own: own)
    }

    /// Puts an address together.
    ///
    /// - Parameters:
    ///   - hosts: The machines, in the order in which they are tried; none for what libpq takes without one.
    ///   - parameters: What else is set, as in an address.
    /// - Throws: `CarillonError` with `unsupported`; its reason does not show the password.
    public init(
        hosts: [(name: String, port: Int?)], user: String?, password: String?, database: String?,
        parameters: [(name: String, value: String)]
    ) throws(CarillonError) {
        var settings: [String: String] = [:]
        if !hosts.isEmpty {
            settings["host"] = hosts.map(\.name).joined(separator: ",")
            if hosts.contains(where: { $0.port != nil }) {
                settings["port"] = hosts.map { $0.port.map { String($0) } ?? "" }.joined(separator: ",")
            }
        }
        settings["user"] = user
        settings["password"] = password
        settings["dbname"] = database
        let known = Self.keywords
        var own: [(name: String, value: String)] = []
        for (name, value) in parameters {
            if Self.ownParameters.contains(name) {
                own.append((name, value))
            } else if known.contains(name) {
                settings[name] = value
            } else {
                throw Self.refusal("has the parameter '\(name.prefix(40))', which neither libpq nor Carillon has")
            }
        }
        try self.init(settings: settings, own: own)
    }

    private init(settings: [String: String], own: [(name: String, value: String)]) throws(CarillonError) {
        var schema: String?
        var prefix: String?
        var isPooled = false
        for (name, value) in own {
            switch name {
            case "schema": schema = try Self.identifier(value, name, longest: 63)
            case "prefix", "tablename":
                guard prefix == nil else { throw Self.refusal("names the tables twice") }
                // As the server does with names that are not quoted.
                let given = name == "tablename" ? value.lowercased() + "_" : value
                prefix = try Self.identifier(given, name, longest: SQLTableNames.longestPrefix)
            default:
                guard value == "transaction" else {
                    throw Self.refusal("has a 'pooler' that is not 'transaction'; leave it out if there is no pooler")
                }
                isPooled = true
            }
        }
        guard !isPooled || schema == nil else {
            throw Self.refusal(
                """
                names a schema, which a pooler does not pass on; leave it out and say it once on the server: \
                ALTER ROLE … SET search_path = …
                """)
        }
        self.settings = settings
        self.schema = schema
        self.prefix = prefix ?? SQLTableNames.usualPrefix
        self.isPooled = isPooled
    }

    private static let ownParameters: Set = ["schema", "prefix", "tablename", "pooler"]

    /// Checks a name that is written into statements without quotes.
    private static func identifier(_ text: String, _ parameter: String, longest: Int) throws(CarillonError) -> String {
        guard SQLTableNames.isPlain(text, longest: longest) else {
            throw refusal(
                """
                has a '\(parameter)' that is no plain name: lower-case letters, digits and '_', not a digit first, \
                \(longest) at most
                """)
        }
        return text
    }
}

extension PostgreSQLAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The address without the password and without parameters that do not tell stores apart.
    public var description: String {
        var text = "postgresql://"
        if let user = settings["user"] { text += "\(user)@" }
        let named = settings["host"] ?? settings["hostaddr"] ?? ""
        let hosts = named.split(separator: ",", omittingEmptySubsequences: false)
        let ports = (settings["port"] ?? "").split(separator: ",", omittingEmptySubsequences: false)
        let machines = hosts.enumerated().map { index, host in
            let port = ports.count == 1 ? ports[0] : index < ports.count ? ports[index] : ""
            return port.isEmpty ? "\(host)" : "\(host):\(port)"
        }
        text += machines.joined(separator: ",") + "/" + (settings["dbname"] ?? "")
        var parameters: [String] = []
        if let schema { parameters.append("schema=\(schema)") }
        if prefix != SQLTableNames.usualPrefix { parameters.append("prefix=\(prefix)") }
        return parameters.isEmpty ? text : "\(text)?\(parameters.joined(separator: "&"))"
    }

    /// The same as `description`.
    public var debugDescription: String { description }

    /// Shows `description` alone.
    public var customMirror: Mirror { Mirror(self, children: ["address": description]) }
}
#endif
