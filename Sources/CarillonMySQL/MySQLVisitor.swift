#if MySQL
internal import Carillon
internal import CarillonSQL

/// Looks into a database on a thread of its own, without opening a store.
actor MySQLVisitor {
    private nonisolated let executor = ThreadExecutor(name: "carillon-visit")

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Whether there is a table of migrations.
    func holdsJobStore(_ address: MySQLAddress, timeout: Duration) throws(CarillonError) -> Bool {
        let connection = try MySQLConnection(address, timeout: timeout)
        defer { connection.close() }
        var isThere = false
        try connection.query(
            "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?",
            [.text("\(address.prefix)migrations")]
        ) { _ in isThere = true }
        return isThere
    }
}
#endif
