internal import CSQLite

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The time that a connection waits for another one that holds the lock.
///
/// SQLite's own busy timeout sleeps up to 100 ms at a time, which leaves the lock unused most of the time if several
/// processes write in turn; a transaction of this store takes a few milliseconds.
final class BusyWait {
    private static let longest = 2_000_000
    private let timeout: Duration
    private var began: ContinuousClock.Instant?

    init(timeout: Duration) { self.timeout = timeout }

    /// Makes a connection call this object whenever it finds the lock taken. The object must outlive the connection.
    func install(on handle: OpaquePointer) {
        sqlite3_busy_handler(
            handle,
            { context, attempt in
                guard let context else { return 0 }
                return Unmanaged<BusyWait>.fromOpaque(context).takeUnretainedValue().wait(attempt) ? 1 : 0
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }

    private func wait(_ attempt: Int32) -> Bool {
        let now = ContinuousClock.now
        if attempt == 0 { began = now }
        guard let began, now - began < timeout else { return false }
        Self.pause(afterAttempt: attempt)
        return true
    }

    /// Waits for a moment, longer after more attempts, up to two milliseconds.
    static func pause(afterAttempt attempt: Int32) {
        // Random, so that waiting connections do not all try again at once.
        let longest = min(100_000 << min(Int(attempt), 10), Self.longest)
        var pause = timespec(tv_sec: 0, tv_nsec: Int.random(in: longest / 4...longest))
        nanosleep(&pause, nil)
    }
}
