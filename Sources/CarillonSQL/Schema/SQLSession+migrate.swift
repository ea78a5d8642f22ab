package import Carillon
internal import CarillonTriggers

extension SQLSession {
    /// Migrates the database to the schema of this version: creates it, or upgrades it in place.
    ///
    /// - Parameter place: The name of the database in an error.
    /// - Throws: `CarillonError` with `storeTooNew` if the database has unknown migrations.
    package func migrate(
        _ migrations: [SQLMigration] = SQLMigration.all,
        place: String
    ) throws(CarillonError) {
        defer { schema = SQLSchema(migrations: migrations, place: place) }
        // Reading waits for no other session; most of the time there is nothing to do.
        if try isMigrationTablePresent(), try pending(migrations, place: place).isEmpty { return }
        try migrating { () throws(CarillonError) in
            try connection.execute(
                """
                CREATE TABLE IF NOT EXISTS carillon_migrations (
                    position BIGINT NOT NULL PRIMARY KEY,
                    name \(connection.dialect.name) NOT NULL,
                    applied BIGINT NOT NULL
                )
                """,
                []
            )
            for (position, migration) in try pending(migrations, place: place) {
                if connection.dialect.changesOfTablesCommit {
                    try applyInSteps(migration, at: Int64(position))
                } else {
                    for statement in migration.statements(connection.dialect) { try connection.execute(statement, []) }
                    try migration.fill(self)
                    for statement in migration.closing(connection.dialect) { try connection.execute(statement, []) }
                }
                try connection.execute(
                    "INSERT INTO carillon_migrations (position, name, applied) VALUES (?, ?, ?)",
                    [.integer(Int64(position)), .text(migration.name), .integer(try storeTime().microseconds)]
                )
                if connection.dialect.changesOfTablesCommit { try forgetSteps(of: Int64(position)) }
            }
        }
    }

    /// Applies a migration where its statements commit one by one: each is noted, and a migration that was interrupted
    /// goes on where it was.
    private func applyInSteps(_ migration: SQLMigration, at position: Int64) throws(CarillonError) {
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS carillon_migration_steps (
                migration BIGINT NOT NULL,
                step BIGINT NOT NULL,
                PRIMARY KEY (migration, step)
            )
            """, [])
        let count = "SELECT count(*) FROM carillon_migration_steps WHERE migration = ?"
        let first = Int(try integers(count, [.integer(position)]).first ?? 0)
        for (number, step) in MigrationStep.all(of: migration, connection.dialect).enumerated().dropFirst(first) {
            switch step {
            case .begin: break
            case .statement(let statement):
                try connection.migrate(statement, mayBeDone: first > 0 && number == first)
            case .fill: try migration.fill(self)
            }
            try connection.execute(
                "INSERT INTO carillon_migration_steps (migration, step) VALUES (?, ?)",
                [.integer(position), .integer(Int64(number))])
            try connection.commitStep()
        }
    }

    private func forgetSteps(of position: Int64) throws(CarillonError) {
        try connection.execute("DELETE FROM carillon_migration_steps WHERE migration = ?", [.integer(position)])
        try connection.commitStep()
    }

    /// Throws if the schema of a database is not that of this version, for callers that only read and cannot upgrade
    /// it.
    ///
    /// - Throws: `CarillonError` with `storeTooNew`, or with `storeReadOnly` if it is of an older version.
    package func refuseOther(
        _ migrations: [SQLMigration] = SQLMigration.all,
        place: String
    ) throws(CarillonError) {
        guard try !pending(migrations, place: place).isEmpty else { return }
        throw CarillonError(
            .storeReadOnly,
            """
            \(place) is of an older version and cannot be written, so it cannot be upgraded; open it once where it can \
            be written, or use the older version
            """
        )
    }

    /// Checks in a writing transaction that the database still has the schema of this version: another process may have
    /// upgraded it.
    ///
    /// - Parameter last: The last migration of the database, by its position.
    func check(_ schema: SQLSchema, last: Int64?) throws(CarillonError) {
        guard last != Int64(schema.migrations.count - 1) else { return }
        guard try pending(schema.migrations, place: schema.place).isEmpty else {
            throw CarillonError(
                .storeFailed,
                "\(schema.place) has gone back to an older schema while it was used; open it anew to upgrade it"
            )
        }
    }

    private func isMigrationTablePresent() throws(CarillonError) -> Bool {
        do throws(CarillonError) {
            try connection.query("SELECT 1 FROM carillon_migrations WHERE 1 = 0", []) { _ in }
            return true
        } catch {
            // Any other error of the database recurs in the transaction that follows.
            return false
        }
    }

    private func pending(
        _ migrations: [SQLMigration],
        place: String
    ) throws(CarillonError) -> [(position: Int, migration: SQLMigration)] {
        let applied = try texts("SELECT name FROM carillon_migrations ORDER BY position", [])
        for (index, name) in applied.enumerated() {
            guard index < migrations.count, migrations[index].name == name else {
                throw CarillonError(
                    .storeTooNew,
                    """
                    \(place) was written by a newer version of Carillon: it has the migration '\(name)', which this \
                    version does not know; use that version, or another database
                    """
                )
            }
        }
        return migrations.enumerated().dropFirst(applied.count).map { ($0.offset, $0.element) }
    }
}

/// A part of a migration that is committed on its own.
private enum MigrationStep {
    /// Changes nothing. Its note tells a later process that the migration was begun.
    case begin
    case statement(String)
    case fill

    static func all(of migration: SQLMigration, _ dialect: SQLDialect) -> [MigrationStep] {
        [.begin] + migration.statements(dialect).map(Self.statement) + [.fill]
            + migration.closing(dialect).map(Self.statement)
    }
}
