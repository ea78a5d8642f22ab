#if Configuration && MongoDB
public import Carillon
public import CarillonConfiguration
public import CarillonMongoDB

extension MongoAddress {
    /// Creates the address that a configuration or a command line names.
    ///
    /// - Throws: `CarillonError` with `unsupported` if the store decides one of its parameters itself.
    public init(_ setting: StoreSetting) throws(CarillonError) {
        try self.init(setting.address.text.value, prefix: setting.collection)
    }
}
#endif
