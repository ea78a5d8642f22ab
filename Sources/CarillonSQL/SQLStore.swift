package import Carillon
internal import CarillonTriggers

/// What stands behind every SQL store: a session that writes and one that reads, each on a thread of its own, so that
/// listings do not wait for whoever writes.
public final class SQLStore: Sendable {
    private let writer: SQLThread?
    private let reader: SQLThread
    private let refusal: CarillonError

    /// Takes two open sessions.
    package init(writer: SQLThread, reader: SQLThread) {
        self.writer = writer
        self.reader = reader
        refusal = CarillonError(.storeReadOnly, "the job store was opened for reading alone")
    }

    /// Takes an open session that reads; whatever would write is refused.
    package init(reader: SQLThread, refusal: CarillonError) {
        writer = nil
        self.reader = reader
        self.refusal = refusal
    }

    func writing<Value: Sendable>(
        _ body: @Sendable (SQLSession) throws(CarillonError) -> Value
    ) async throws(CarillonError) -> Value {
        guard let writer else { throw refusal }
        return try await writer.run(body)
    }

    func reading<Value: Sendable>(
        _ body: @Sendable (SQLSession) throws(CarillonError) -> Value
    ) async throws(CarillonError) -> Value {
        try await reader.run(body)
    }

    /// Ends both sessions, after what they are doing.
    package func close() async {
        await reader.close()
        await writer?.close()
    }

    /// See `JobStore.prune`. A task that is cancelled leaves the rest for the next time.
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

    /// Removes what is found, a part at a time.
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
