/// The schema that a session writes.
struct SQLSchema {
    /// The migrations that create it.
    let migrations: [SQLMigration]
    /// The name of the database in an error.
    let place: String
}
