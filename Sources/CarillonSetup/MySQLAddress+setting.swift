#if Configuration && MySQL
public import Carillon
public import CarillonConfiguration
public import CarillonMySQL

extension MySQLAddress {
    /// Creates the address that a configuration or a command line names.
    ///
    /// - Throws: `CarillonError` with `unsupported` if Carillon does not have one of its parameters.
    public init(_ setting: StoreSetting) throws(CarillonError) {
        try self.init(setting.address.text.value, tableName: setting.tableName)
    }
}
#endif
