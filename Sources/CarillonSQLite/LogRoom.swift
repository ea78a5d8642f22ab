internal import CSQLite

/// Extends the write-ahead log before a commit needs the room.
///
/// A commit that extends the file makes the system allocate blocks and write the new length, which waits for the disk a
/// second time: a commit of seven pages takes 370 µs instead of 190. So the file is extended by a megabyte of zeros at
/// once. SQLite does not take what follows the last frame for frames, as with the frames that are left of a log that
/// has started again, and once the log has been written to its end it grows no more.
///
/// Only the connection that holds the write lock may extend it, because another one would be appending at the same
/// place.
final class LogRoom {
    /// A checkpoint costs two more syncs; with this many pages, sixteen megabytes of log, it is rare.
    private static let checkpointAt: Int32 = 4000
    /// The least frames used before the log is extended: a connection that writes little leaves it short.
    private static let leastUsed: Int64 = 32
    /// The most frames that most commits write.
    private static let margin: Int64 = 64
    /// The number of frames by which the log is extended at once.
    private static let step: Int64 = 256
    private static let headerLength: Int64 = 32
    private static let frameHeaderLength: Int64 = 24
    private static let zeros = [UInt8](repeating: 0, count: 65_536)

    private let frameLength: Int64
    /// The number of frames in the log after the last commit of this connection.
    private var used: Int64 = 0
    /// The number of frames that the file has room for, as far as known.
    private var room: Int64 = 0

    /// Creates the log room of a connection.
    ///
    /// - Parameter pageSize: The page size of the database, in bytes.
    init(pageSize: Int64) { frameLength = pageSize + Self.frameHeaderLength }

    /// Makes a connection report its commits to this object, which also makes its checkpoints. The object must outlive
    /// the connection.
    func install(on handle: OpaquePointer) {
        sqlite3_wal_hook(
            handle,
            { context, handle, database, frames in
                guard let context else { return SQLITE_OK }
                Unmanaged<LogRoom>.fromOpaque(context).takeUnretainedValue().used = Int64(frames)
                if frames >= LogRoom.checkpointAt {
                    // As in SQLite's own hook, a checkpoint that other connections prevent is made after the next
                    // commit.
                    sqlite3_wal_checkpoint_v2(handle, database, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
                }
                return SQLITE_OK
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }

    /// Extends the log if a commit is about to need it. If the file cannot be extended, the commit will fail by itself.
    func makeRoom(_ handle: OpaquePointer) {
        guard used >= Self.leastUsed, used < Self.checkpointAt, room - used < Self.margin,
            sqlite3_txn_state(handle, "main") == SQLITE_TXN_WRITE
        else { return }
        var log: UnsafeMutablePointer<sqlite3_file>?
        var length: sqlite3_int64 = 0
        guard sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK, let log,
            let methods = log.pointee.pMethods?.pointee, methods.xFileSize(log, &length) == SQLITE_OK
        else { return }
        // Other connections may have extended it.
        room = max(0, (length - Self.headerLength) / frameLength)
        guard room - used < Self.margin else { return }
        room = used + Self.step
        let end = Self.headerLength + room * frameLength
        while length < end {
            let count = min(end - length, Int64(Self.zeros.count))
            guard methods.xWrite(log, Self.zeros, Int32(count), length) == SQLITE_OK else {
                room = .max
                return
            }
            length += count
        }
    }
}
