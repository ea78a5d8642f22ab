package import Carillon
package import CarillonTriggers

/// A connection with the state that the store keeps beside it. Its methods are the store's calls, one file each; they
/// block.
package final class SQLSession {
    /// The connection.
    package let connection: any SQLConnection
    let statements: SQLStatements
    let definitions: DefinitionCache
    let unreadable: UnreadableJobs
    /// The clock of this process, for times that need not be compared with other machines.
    let ownClock: @Sendable () -> Instant
    /// The numbers of tasks and nodes that are known to be in the database.
    var groupNumbers: [RunGroup: Int64] = [:]
    /// The number of this session's rows of counts: if rows are locked one by one, sessions that count the same do not
    /// wait for one another.
    let counter: Int64
    /// Whether the transaction changes something that other nodes are notified of once it is committed.
    var hasNews = false
    /// The schema that this session was opened on, once it is known.
    var schema: SQLSchema?

    /// Creates a session.
    ///
    /// - Parameters:
    ///   - definitions: Recently read definitions, shared by all sessions of a store.
    ///   - unreadable: Jobs that recently turned out unreadable, shared by all sessions of a store.
    ///   - clock: The store's clock, for heartbeats, if the database has none of its own.
    package init(
        _ connection: any SQLConnection,
        definitions: DefinitionCache,
        unreadable: UnreadableJobs,
        clock: @escaping @Sendable () -> Instant
    ) {
        self.connection = connection
        self.definitions = definitions
        self.unreadable = unreadable
        ownClock = clock
        statements = SQLStatements(connection.dialect)
        counter = connection.dialect.rowLocks == nil ? 0 : Int64.random(in: 0..<64)
    }

    /// Runs a closure in a writing transaction, which is rolled back if the closure throws. It runs again if the
    /// database has undone the transaction.
    ///
    /// - Throws: What `body` throws, and `CarillonError` with `storeTooNew` if another process has upgraded the
    ///   database since this session was opened, or with `storeFailed` if other processes would not find the writes.
    func writing<Value>(_ body: () throws(CarillonError) -> Value) throws(CarillonError) -> Value {
        try changing(begin) { () throws(CarillonError) in
            if let schema { try check(schema, last: try integers(statements.lastMigration, []).first) }
            return try body()
        }
    }

    /// Runs a closure in a writing transaction that begins with a survey, which also detects whether the database has
    /// been upgraded.
    func surveying<Value>(
        _ tasks: Set<TaskName>?, _ body: (Survey) throws(CarillonError) -> Value
    ) throws(CarillonError) -> Value {
        try changing(begin) { () throws(CarillonError) in
            let survey = try survey(tasks)
            if let schema { try check(schema, last: survey.lastMigration) }
            return try body(survey)
        }
    }

    /// Runs a closure in a transaction that changes the schema.
    func migrating(_ body: () throws(CarillonError) -> Void) throws(CarillonError) {
        try changing({ () throws(CarillonError) in try connection.beginMigration() }, body)
    }

    private func begin() throws(CarillonError) { try connection.begin(connection.dialect.beginWriting) }

    private func changing<Value>(
        _ begin: () throws(CarillonError) -> Void, _ body: () throws(CarillonError) -> Value
    ) throws(CarillonError) -> Value {
        do throws(CarillonError) {
            return try transaction(begin) { () throws(CarillonError) in
                hasNews = false
                let value = try body()
                if hasNews, let statement = connection.dialect.announcement { try connection.execute(statement, []) }
                try connection.checkPlace()
                return value
            }
        } catch {
            // A file that was replaced often looks damaged, for example because of two logs of one name.
            try connection.checkPlace()
            throw error
        }
    }

    /// Runs a closure in a transaction that reads a consistent snapshot.
    func reading<Value>(_ body: () throws(CarillonError) -> Value) throws(CarillonError) -> Value {
        try transaction({ () throws(CarillonError) in try connection.begin(connection.dialect.beginReading) }, body)
    }

    private func transaction<Value>(
        _ begin: () throws(CarillonError) -> Void,
        _ body: () throws(CarillonError) -> Value
    ) throws(CarillonError) -> Value {
        var attempt = 1
        while true {
            try begin()
            do throws(CarillonError) {
                let value = try body()
                try connection.commit()
                return value
            } catch {
                // A database that has aborted the transaction has nothing left to roll back.
                try? connection.rollback()
                guard connection.wasUndone, attempt < Self.attempts else { throw error }
                attempt += 1
            }
        }
    }

    /// The number of times that a transaction is run if the database undoes it because of others.
    private static var attempts: Int { 10 }

    /// Returns the time of the store's clock.
    func storeTime() throws(CarillonError) -> Instant {
        guard let clock = connection.dialect.clock else { return ownClock() }
        guard let time = try integers("SELECT \(clock)", []).first else {
            throw CarillonError(.storeFailed, "the database does not say what its clock shows")
        }
        return Instant(microseconds: time)
    }

    /// Adds to a counter and returns its new value.
    func raise(_ counter: String, by count: Int64) throws(CarillonError) -> Int64 {
        try connection.execute(statements.raiseCounter, [.integer(count), .text(counter)])
        var value: Int64?
        try connection.query(statements.counter, [.text(counter)]) { (row) throws(CarillonError) in
            value = try? row.integer(0)
        }
        guard let value else {
            throw CarillonError(
                .storeCorrupt,
                "the counter '\(counter)' of the job store is gone from table carillon_counters; restore a backup"
            )
        }
        return value
    }

    /// Returns new generations in ascending order. They are never given again: a later job with the same id has a higher
    /// one.
    func newGenerations(_ count: Int) throws(CarillonError) -> [Int64] {
        if let sequence = connection.dialect.generations {
            let numbers = try sequence.next(count, connection)
            guard numbers.count == count else {
                throw CarillonError(.storeFailed, "the database gave \(numbers.count) generations for \(count) jobs")
            }
            return numbers
        }
        let last = try raise("generation", by: Int64(count))
        return (0..<count).map { last - Int64(count - 1 - $0) }
    }

    /// Makes all new generations greater than that of an imported job.
    func raiseGenerations(above generation: Int64) throws(CarillonError) {
        if let sequence = connection.dialect.generations {
            try sequence.raise(generation, connection)
        } else {
            try connection.execute(
                "UPDATE carillon_counters SET value = ? WHERE name = 'generation' AND value < ?",
                [.integer(generation), .integer(generation)])
        }
    }

    /// Returns the first columns of all rows that are numbers.
    func integers(_ sql: String, _ values: [SQLValue]) throws(CarillonError) -> [Int64] {
        var found: [Int64] = []
        try connection.query(sql, values) { (row) throws(CarillonError) in
            if let number = try? row.integer(0) { found.append(number) }
        }
        return found
    }

    /// Returns the first columns of all rows that are texts.
    func texts(_ sql: String, _ values: [SQLValue]) throws(CarillonError) -> [String] {
        var found: [String] = []
        try connection.query(sql, values) { (row) throws(CarillonError) in
            if let text = try? row.text(0) { found.append(text) }
        }
        return found
    }
}
