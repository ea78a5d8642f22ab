#if MySQL
public import Carillon
internal import CarillonSQL

/// Where a job store is on MySQL or MariaDB: `mysql://user:password@host:3306/database?name=value`.
///
/// `mariadb://` and SQLAlchemy's `mysql+pymysql://` mean the same. A host is reached by TCP, `localhost` too; without a host
/// the server is the one on this machine, by its socket. The parameters are named as the options of the client `mysql`; `_`
/// may stand for `-`:
///
/// - `prefix`: how the names of tables begin, `carillon_` by default; or `tablename`, for `prefix` with an underscore.
/// - `ssl-mode`: `DISABLED`, `PREFERRED`, `REQUIRED`, `VERIFY_CA` or `VERIFY_IDENTITY`; see `MySQLEncryption`. `ssl-ca`,
///   `ssl-cert` and `ssl-key` name files.
/// - `password-file`: a file that has the password alone.
/// - `defaults-file`: an option file such as `~/.my.cnf`, which is read if none is named. It gives what the address leaves
///   out: user, password, host, port, socket and `ssl-…`. `MYSQL_PWD` comes last.
/// - `socket`: the server's socket.
///
/// Nothing that describes an address shows the password.
public struct MySQLAddress: Hashable, Sendable {
    /// The database that has the tables.
    public let database: String
    /// How the names of tables begin.
    public let prefix: String
    /// What the address says of the server and of who connects.
    let options: MySQLOptions
    /// The file that has the password.
    let passwordFile: String?
    /// The option file; `nil` for the usual one.
    let optionFile: String?

    /// Takes an address apart.
    ///
    /// - Parameter tableName: As the parameter `tablename`, if the address has none.
    /// - Throws: `CarillonError` with `unsupported`; its reason does not show the address.
    public init(_ url: String, tableName: String? = nil) throws(CarillonError) {
        var parts = try Self.parts(of: url)
        if let tableName, !parts.parameters.contains(where: { $0.name == "tablename" }) {
            parts.parameters.append(("tablename", tableName))
        }
        guard let database = parts.database, !database.isEmpty else {
            throw Self.refusal("names no database; write it behind the host, as in mysql://user@host/database")
        }
        var options = parts.options
        var prefix: String?
        var passwordFile: String?
        var optionFile: String?
        for (name, value) in parts.parameters {
            switch name {
            case "prefix", "tablename":
                guard prefix == nil else { throw Self.refusal("names the tables twice") }
                // As Carillon's own names are written.
                prefix = name == "tablename" ? value.lowercased() + "_" : value
                guard let prefix, SQLTableNames.isPlain(prefix) else {
                    throw Self.refusal(
                        """
                        has a '\(name)' that is no plain name: lower-case letters, digits and '_', not a digit first, \
                        \(SQLTableNames.longestPrefix) at most
                        """)
                }
            case "password-file": passwordFile = value
            case "defaults-file", "read-default-file": optionFile = value
            case "charset":
                guard value.lowercased() == "utf8mb4" || value.lowercased() == "utf8" else {
                    throw Self.refusal("has a 'charset' that is not 'utf8mb4'; leave it out")
                }
            case "socket", "unix-socket":
                guard options.host == nil else { throw Self.refusal("has both a host and a 'socket'") }
                options.socket = value
            default:
                let isKnown: Bool
                do throws(MySQLOptions.Refusal) {
                    isKnown = try options.set(name, value)
                } catch {
                    throw Self.refusal(error.reason)
                }
                guard isKnown else {
                    throw Self.refusal("has the parameter '\(name.prefix(40))', which Carillon does not have")
                }
            }
        }
        self.database = database
        self.prefix = prefix ?? SQLTableNames.usualPrefix
        self.options = options
        self.passwordFile = passwordFile
        self.optionFile = optionFile
    }

    /// Returns an error about an address. It never has text of the address that may be a part of a password.
    static func refusal(_ what: String) -> CarillonError {
        CarillonError(.unsupported, "the address of the MySQL store \(what)")
    }
}

extension MySQLAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The address without the password and without parameters that do not tell stores apart.
    public var description: String {
        var text = "mysql://"
        if let user = options.user { text += "\(user)@" }
        if let host = options.host { text += host.contains(":") ? "[\(host)]" : host }
        if let port = options.port { text += ":\(port)" }
        text += "/\(database)"
        var parameters: [String] = []
        if let socket = options.socket { parameters.append("socket=\(socket)") }
        if prefix != SQLTableNames.usualPrefix { parameters.append("prefix=\(prefix)") }
        return parameters.isEmpty ? text : "\(text)?\(parameters.joined(separator: "&"))"
    }

    /// The same as `description`.
    public var debugDescription: String { description }

    /// Shows `description` alone.
    public var customMirror: Mirror { Mirror(self, children: ["address": description]) }
}
#endif
