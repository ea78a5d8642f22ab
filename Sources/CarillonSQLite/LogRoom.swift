internal import CSQLite

/// Makes room at the end of the log, where it grows, before it is needed.
///
/// A commit that makes the file longer has the system allot blocks and write down the new length, which waits for the disk a
/// second time: of a commit of seven pages, 370 µs instead of 190. So the file is made longer by a megabyte of zeros at once.
/// SQLite takes what lies behind the last frame for no frames, as it does with those that are left of a log that has begun
/// anew, and once it has been written from end to end it grows no more.
///
/// Only who writes may do that, since another one would be appending at the same place.
final class LogRoom {
    /// A checkpoint costs two more syncs; this many pages, sixteen megabytes of log, make it rare.
    private static let checkpointAt: Int32 = 4000
    /// What writes only a little leaves the log short.
    private static let leastUsed: Int64 = 32
    /// The most frames that most commits write.
    private static let margin: Int64 = 64
    /// How many frames there is made room for at once.
    private static let step: Int64 = 256
    private static let headerLength: Int64 = 32
    private static let frameHeaderLength: Int64 = 24
    private static let zeros = [UInt8](repeating: 0, count: 65_536)

    private let frameLength: Int64
    /// How many frames were in the log after the last commit of this connection.
    private var used: Int64 = 0
    /// How many the file has room for, as far as is known.
    private var room: Int64 = 0

    /// - Parameter pageSize: How long the database's pages are.
    init(pageSize: Int64) { frameLength = pageSize + Self.frameHeaderLength }

    /// Has a connection tell this object of its commits, and make its checkpoints. The object must live as long as the
    /// connection.
    func install(on handle: OpaquePointer) {
        sqlite3_wal_hook(
            handle,
            { context, handle, database, frames in
                guard let context else { return SQLITE_OK }
                Unmanaged<LogRoom>.fromOpaque(context).takeUnretainedValue().used = Int64(frames)
                if frames >= LogRoom.checkpointAt {
                    // As SQLite's own hook does it: one that others keep from it comes with the next commit.
                    sqlite3_wal_checkpoint_v2(handle, database, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
                }
                return SQLITE_OK
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }

    /// Makes room where a commit is about to need it. That a file cannot be made longer is left to the commit to find out.
    func makeRoom(_ handle: OpaquePointer) {
        guard used >= Self.leastUsed, used < Self.checkpointAt, room - used < Self.margin,
            sqlite3_txn_state(handle, "main") == SQLITE_TXN_WRITE
        else { return }
        var log: UnsafeMutablePointer<sqlite3_file>?
        var length: sqlite3_int64 = 0
        guard sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK, let log,
            let methods = log.pointee.pMethods?.pointee, methods.xFileSize(log, &length) == SQLITE_OK
        else { return }
        // Others may have made it longer.
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
