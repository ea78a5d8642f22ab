public import Carillon
public import CarillonTriggers

/// The implementation of every SQL store: sessions on their own threads, one that writes and one that reads, so that
/// listings do not wait for writes. If rows are locked one by one there is a third one, for heartbeats: a node whose
/// pass waits for a lock is alive.
public final class SQLStore: Sendable {
    /// What a connection is for.
    public enum Purpose: Hashable, Sendable {
        /// Passes, additions and all other writes.
        case writing
        /// Listings and all other calls that only read.
        case reading
        /// Heartbeats, which write a row and read a few.
        case heartbeats
    }

    private let writer: SQLThread?
    private let reader: SQLThread
    private let pulse: SQLThread?
    private let refusal: CarillonError

    /// Opens a database, which may be empty, and migrates it to the schema of this version.
    ///
    /// - Parameters:
    ///   - place: The name of the database in an error, such as `the job store /var/lib/jobs.sqlite`.
    ///   - clock: The store's clock, by which heartbeats are stamped, if the dialect has none.
    ///   - connect: Creates a connection; called once for each purpose, on the thread that will use it.
    /// - Throws: `CarillonError` as `connect` does, or with `storeTooNew` if a newer version has written the database.
    public convenience init(
        place: String,
        clock: @escaping @Sendable () -> Instant = { SystemClock().now },
        connect: @escaping @Sendable (Purpose) throws(CarillonError) -> any SQLConnection
    ) async throws(CarillonError) {
        try await self.init(place: place, migrations: SQLMigration.all, clock: clock, connect: connect)
    }

    /// Opens a database with other migrations.
    ///
    /// - Parameter migrations: The migrations to the schema of this version.
    package init(
        place: String,
        migrations: [SQLMigration],
        clock: @escaping @Sendable () -> Instant,
        connect: @escaping @Sendable (Purpose) throws(CarillonError) -> any SQLConnection
    ) async throws(CarillonError) {
        let definitions = DefinitionCache()
        let unreadable = UnreadableJobs()
        let open: @Sendable (Purpose) throws(CarillonError) -> SQLSession = { (purpose) throws(CarillonError) in
            SQLSession(try connect(purpose), definitions: definitions, unreadable: unreadable, clock: clock)
        }
        let writer = SQLThread(name: "carillon-write")
        let locksRows = try await writer.open { () throws(CarillonError) in
            let session = try open(.writing)
            try session.migrate(migrations, place: place)
            return session
        }
        let reader = SQLThread(name: "carillon-read")
        try await reader.open { () throws(CarillonError) in try open(.reading) }
        pulse = locksRows ? SQLThread(name: "carillon-beat") : nil
        try await pulse?.open { () throws(CarillonError) in
            let session = try open(.heartbeats)
            try session.migrate(migrations, place: place)
            return session
        }
        self.writer = writer
        self.reader = reader
        refusal = CarillonError(.storeReadOnly, "\(place) was opened for reading alone")
    }

    /// Opens an existing database read-only; calls that would write are refused.
    ///
    /// - Throws: `CarillonError` as `connect` does, or with `storeReadOnly` if the schema is not that of this version.
    package init(
        readingOnly place: String,
        clock: @escaping @Sendable () -> Instant,
        connect: @escaping @Sendable () throws(CarillonError) -> any SQLConnection
    ) async throws(CarillonError) {
        writer = nil
        pulse = nil
        reader = SQLThread(name: "carillon-read")
        refusal = CarillonError(.storeReadOnly, "\(place) was opened for reading alone")
        try await reader.open { () throws(CarillonError) in
            let session = SQLSession(
                try connect(), definitions: DefinitionCache(), unreadable: UnreadableJobs(), clock: clock)
            try session.refuseOther(place: place)
            return session
        }
    }

    func writing<Value: Sendable>(
        _ body: @Sendable (SQLSession) throws(CarillonError) -> Value
    ) async throws(CarillonError) -> Value {
        guard let writer else { throw refusal }
        return try await writer.run(body)
    }

    func beating<Value: Sendable>(
        _ body: @Sendable (SQLSession) throws(CarillonError) -> Value
    ) async throws(CarillonError) -> Value {
        guard let thread = pulse ?? writer else { throw refusal }
        return try await thread.run(body)
    }

    func reading<Value: Sendable>(
        _ body: @Sendable (SQLSession) throws(CarillonError) -> Value
    ) async throws(CarillonError) -> Value {
        try await reader.run(body)
    }

    /// Closes all sessions, after the calls in progress.
    public func close() async {
        await reader.close()
        await pulse?.close()
        await writer?.close()
    }

    /// See `JobStore.prune`. If the task is cancelled, the rest is left for the next call.
    func prune(at now: Instant) async throws(CarillonError) -> Int {
        var count = 0
        for days in try await reading({ (session) throws(CarillonError) in try session.historyDays() }) {
            count += try await prune { (session) throws(CarillonError) in
                try session.runs(olderThan: days, at: now)
            }
            count += try await writing { (session) throws(CarillonError) in
                try session.removeReasons(olderThan: days, at: now)
            }
        }
        count += try await prune { (session) throws(CarillonError) in try session.runsEndedBeforeTheirTime(at: now) }
        for (job, kept) in try await reading({ (session) throws(CarillonError) in try session.jobsWithTooManyRuns() }) {
            count += try await prune { (session) throws(CarillonError) in
                try session.runs(of: job, exceptLatest: kept)
            }
        }
        if try await reading({ (session) throws(CarillonError) in try session.hasOldFailures(at: now) }) {
            try await writing { (session) throws(CarillonError) in try session.removeOldFailures(at: now) }
        }
        return count
    }

    /// Removes what is found, in parts.
    private func prune(
        _ find: @Sendable (SQLSession) throws(CarillonError) -> [[SQLValue]]
    ) async throws(CarillonError) -> Int {
        var count = 0
        while !Task.isCancelled {
            let keys = try await reading(find)
            if keys.isEmpty { break }
            count += try await writing { (session) throws(CarillonError) in try session.remove(runs: keys) }
        }
        return count
    }
}
