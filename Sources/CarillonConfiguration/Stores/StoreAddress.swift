#if Configuration
public import Carillon

/// Where a job store is: an address such as `postgresql://user:password@host:5432/database`, taken apart.
///
/// Nothing that describes it shows the password.
public struct StoreAddress: Hashable, Sendable {
    /// The kinds of store that an address can name, whether or not this version has them.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The memory of the process: `memory:`.
        case memory
        /// A file of SQLite: `sqlite:///relative/path` or `sqlite:////absolute/path`.
        case sqlite
        /// PostgreSQL: `postgresql://` or `postgres://`.
        case postgresql
        /// MySQL or MariaDB: `mysql://` or `mariadb://`.
        case mysql
        /// Redis: `redis://`, or `rediss://` with TLS.
        case redis
        /// MongoDB: `mongodb://` or `mongodb+srv://`.
        case mongodb
        /// ZooKeeper: `zookeeper://host,host/path`.
        case zookeeper

        /// The kinds that this version of Carillon has, with the package trait that builds each in; `nil` for those that
        /// always are. A kind that is added to the package is added here.
        private static let traitsInThisVersion: [Kind: String?] = [
            .memory: nil, .sqlite: nil, .mysql: "MySQL", .postgresql: "PostgreSQL", .redis: "Redis",
        ]

        /// Whether this version of Carillon has such a store, if it is built with its trait.
        public var isInThisVersion: Bool { Self.traitsInThisVersion.keys.contains(self) }

        /// The package trait that builds the store in; `nil` if it always is, or this version does not have it.
        public var trait: String? { Self.traitsInThisVersion[self] ?? nil }

        /// How its addresses begin.
        private var beginnings: [String] {
            switch self {
            case .memory: ["memory:"]
            case .sqlite: ["sqlite:///path"]
            case .postgresql: ["postgresql://"]
            case .mysql: ["mysql://", "mariadb://"]
            case .redis: ["redis://", "rediss://"]
            case .mongodb: ["mongodb://"]
            case .zookeeper: ["zookeeper://"]
            }
        }

        /// How the addresses of the stores of this version begin.
        static let allBeginnings = allCases.filter(\.isInThisVersion).flatMap(\.beginnings).joined(separator: ", ")
    }

    /// A machine, and a port where one is given.
    public struct Host: Hashable, Sendable {
        /// Its name or address; IPv6 without brackets.
        public var name: String
        /// Its port; the kind's usual one where none is given.
        public var port: Int?

        /// Puts both together.
        public init(name: String, port: Int? = nil) {
            self.name = name
            self.port = port
        }
    }

    /// One parameter behind the question mark.
    public struct Parameter: Hashable, Sendable {
        /// Its name.
        public var name: String
        /// Its value.
        public var value: Secret
    }

    /// What kind of store it is.
    public var kind: Kind
    /// Whether the connection is by TLS because the scheme says so (`rediss`).
    public var usesTLS = false
    /// Whether the host is a name whose service records lead to the machines (`mongodb+srv`).
    public var usesServiceRecords = false
    /// The machines; none for those on this one that need no name.
    public var hosts: [Host] = []
    /// Who connects.
    public var user: String?
    /// What proves it.
    public var password: Secret?
    /// The file of SQLite (`:memory:` for none), the name or number of a database, or the root of ZooKeeper's nodes with
    /// its slash.
    public var path: String?
    /// What else is set, in order.
    public var parameters: [Parameter] = []

    /// An address with all but the kind empty.
    init(_ kind: Kind) { self.kind = kind }

    /// The process's memory.
    public static let memory = StoreAddress(.memory)

    /// A file of SQLite.
    public static func sqlite(_ path: String) -> StoreAddress {
        var address = StoreAddress(.sqlite)
        address.path = path
        return address
    }

    /// Whether the store is a part of the process's memory: an address of SQLite without a path is, as for SQLAlchemy.
    public var isInMemory: Bool { kind == .memory || (kind == .sqlite && (path ?? ":memory:") == ":memory:") }

    /// What to tell a user whose store this program does not have.
    public var notBuiltIn: CarillonError {
        guard kind.isInThisVersion else {
            return CarillonError(
                .unsupported,
                "the store \(self) is not available in this version of Carillon; an address begins with one of "
                    + Kind.allBeginnings)
        }
        let advice = kind.trait.map { ": build it with the trait '\($0)' (swift build --traits \($0))" } ?? ""
        return CarillonError(.unsupported, "this program was built without the store of \(self)\(advice)")
    }
}
#endif
