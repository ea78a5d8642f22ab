#if Configuration && PostgreSQL
public import Carillon
public import CarillonConfiguration
public import CarillonPostgreSQL

extension PostgreSQLAddress {
    /// Creates the address that a configuration or a command line names.
    ///
    /// - Throws: `CarillonError` with `unsupported` if libpq or Carillon do not have one of its parameters.
    public init(_ setting: StoreSetting) throws(CarillonError) {
        let address = setting.address
        var parameters = address.parameters.map { (name: $0.name, value: $0.value.value) }
        if let table = setting.tableName, !parameters.contains(where: { $0.name == "tablename" }) {
            parameters.append((name: "tablename", value: table))
        }
        try self.init(
            hosts: address.hosts.map { ($0.name, $0.port) }, user: address.user, password: address.password?.value,
            database: address.path, parameters: parameters)
    }
}
#endif
