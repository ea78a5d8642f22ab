package import Carillon

/// Looks into a database on a thread of its own, without opening a store.
package actor SQLVisitor {
    private nonisolated let executor = ThreadExecutor(name: "carillon-visit")

    /// The executor of its thread.
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Creates a visitor, whose thread ends with it.
    package init() {}

    /// Whether a query answers with a row.
    ///
    /// - Parameter connect: Makes the connection, which is closed afterwards.
    package func finds(
        _ sql: String, _ values: [SQLValue],
        on connect: @Sendable () throws(CarillonError) -> any SQLConnection
    ) throws(CarillonError) -> Bool {
        let connection = try connect()
        defer { connection.close() }
        var isFound = false
        try connection.query(sql, values) { _ in isFound = true }
        return isFound
    }
}
