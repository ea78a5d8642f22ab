#if Configuration
public import Carillon

/// Where a job store is: an address such as `postgresql://user:password@host:5432/database`, taken apart.
///
/// Nothing that describes it shows the password.
public struct StoreAddress: Hashable, Sendable {
    /// The kinds of store that an address can name, whether or not this program has them.
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

        /// The package trait that builds the store in; nothing where it always is.
        public var trait: String? {
            switch self {
            case .memory, .sqlite: nil
            case .postgresql: "PostgreSQL"
            case .mysql: "MySQL"
            case .redis: "Redis"
            case .mongodb: "MongoDB"
            case .zookeeper: "ZooKeeper"
            }
        }
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

    /// What to tell a user whose store this program was built without.
    public var notBuiltIn: CarillonError {
        guard let trait = kind.trait else {
            return CarillonError(.unsupported, "this program was built without the store of \(self)")
        }
        return CarillonError(
            .unsupported,
            "this program was built without the store of \(self): build it with the trait '\(trait)' "
                + "(swift build --traits \(trait))"
        )
    }
}
#endif
