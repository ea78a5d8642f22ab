#if Configuration
/// The keys that a job store has in a configuration where it is not an address alone: those of APScheduler's stores.
struct StoreForm {
    /// What stands behind `type`.
    let names: [String]
    /// The kinds of store that an address in it may be of; nothing for all.
    let kinds: [StoreAddress.Kind]?
    /// The kind of store where there is no address; nothing where there must be one.
    let kindOfParts: StoreAddress.Kind?
    /// The keys that an address takes the place of.
    let partKeys: [String]
    /// The other keys.
    let otherKeys: [String]
    /// The keys that APScheduler's store has and that mean nothing here.
    let keysWithoutEffect: [String]

    /// All keys but `type`.
    var keys: [String] { partKeys + otherKeys }

    static let all = [
        StoreForm(
            names: ["memory"], kinds: [.memory], kindOfParts: .memory, partKeys: [], otherKeys: [],
            keysWithoutEffect: []),
        StoreForm(
            names: ["sqlalchemy"], kinds: nil, kindOfParts: nil, partKeys: [], otherKeys: ["url", "tablename"],
            keysWithoutEffect: ["engine_options", "tableschema", "pickle_protocol"]),
        StoreForm(
            names: ["sqlite"], kinds: [.sqlite], kindOfParts: .sqlite, partKeys: ["path"],
            otherKeys: ["url", "tablename"], keysWithoutEffect: []),
        StoreForm(
            names: ["postgresql"], kinds: [.postgresql], kindOfParts: .postgresql, partKeys: serverKeys,
            otherKeys: ["url", "tablename"], keysWithoutEffect: []),
        StoreForm(
            names: ["mysql", "mariadb"], kinds: [.mysql], kindOfParts: .mysql, partKeys: serverKeys,
            otherKeys: ["url", "tablename"], keysWithoutEffect: []),
        StoreForm(
            names: ["redis"], kinds: [.redis], kindOfParts: .redis,
            partKeys: ["host", "port", "db", "username", "password", "ssl"], otherKeys: ["url", "prefix", "jobs_key"],
            keysWithoutEffect: ["run_times_key", "pickle_protocol"]),
        StoreForm(
            names: ["mongodb"], kinds: [.mongodb], kindOfParts: .mongodb,
            partKeys: ["host", "port", "database", "username", "password", "tls"], otherKeys: ["url", "collection"],
            keysWithoutEffect: ["pickle_protocol"]),
        StoreForm(
            names: ["zookeeper"], kinds: [.zookeeper], kindOfParts: .zookeeper, partKeys: ["hosts", "path"],
            otherKeys: ["url"], keysWithoutEffect: ["close_connection_on_exit", "pickle_protocol"]),
    ]

    private static let serverKeys = ["host", "port", "user", "password", "database"]

    /// What may stand behind `type`, of the stores of this version.
    static let typeNames = all.filter { $0.kinds?.contains { $0.isInThisVersion } ?? true }.flatMap(\.names)

    /// The keys of all stores, each once.
    static let allKeys = all.flatMap(\.keys).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }

    static func of(typeName: String?) -> StoreForm? {
        guard let typeName else { return nil }
        return all.first { $0.names.contains(typeName) }
    }
}
#endif
