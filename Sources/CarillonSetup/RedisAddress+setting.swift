#if Configuration && Redis
public import Carillon
public import CarillonConfiguration
public import CarillonRedis

extension RedisAddress {
    /// Creates the address that a configuration or a command line names.
    ///
    /// - Throws: `CarillonError` with `unsupported` if Carillon does not have one of its parameters.
    public init(_ setting: StoreSetting) throws(CarillonError) {
        try self.init(setting.address.text.value, prefix: setting.keyPrefix)
    }
}
#endif
