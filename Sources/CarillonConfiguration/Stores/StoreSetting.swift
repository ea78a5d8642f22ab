#if Configuration
/// What a configuration says of a job store.
public struct StoreSetting: Hashable, Sendable {
    /// Where it is.
    public var address: StoreAddress
    /// The table of an SQL store, or what its tables begin with (`tablename`); the store's own where nothing is given.
    public var tableName: String?
    /// What the keys of a Redis store begin with (`prefix`, or APScheduler's `jobs_key`).
    public var keyPrefix: String?
    /// The collection of a MongoDB store, or what its collections begin with (`collection`).
    public var collection: String?

    /// A store at an address, with nothing else said.
    public init(_ address: StoreAddress) { self.address = address }
}
#endif
