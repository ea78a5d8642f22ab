#if PostgreSQL
internal import Carillon
internal import CarillonSQL

/// Looks into a database on a thread of its own, without opening a store.
actor PostgreSQLVisitor {
    private nonisolated let executor = ThreadExecutor(name: "carillon-visit")

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Whether there is a table of migrations.
    func holdsJobStore(_ address: PostgreSQLAddress, timeout: Duration) throws(CarillonError) -> Bool {
        let connection = try PostgreSQLConnection(address, timeout: timeout)
        defer { connection.close() }
        var isThere = false
        try connection.query(
            "SELECT 1 WHERE to_regclass(?) IS NOT NULL", [.text("\(address.prefix)migrations")]
        ) { _ in isThere = true }
        return isThere
    }
}
#endif
