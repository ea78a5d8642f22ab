/// The schema that a session writes by.
struct SQLSchema {
    /// The steps that make it.
    let migrations: [SQLMigration]
    /// What to call the database in an error.
    let place: String
}
