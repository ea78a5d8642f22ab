import Foundation

/// A number that a server holds as long as it lives, so that others can tell which runs have lost their server.
///
/// It is a lock on one byte of a file beside the database (`fcntl`, POSIX.1-2017): the kernel gives it back however the
/// process ends, and commands do not inherit it.
final class NodeNumber {
    /// The most servers that share a database.
    private static let limit = 1000

    let own: Int
    private let descriptor: Int32

    /// Takes the lowest number that is free.
    init(path: String) throws(CommandFailure) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CommandFailure(.last("opening \(path)")) }
        let free = (1...Self.limit).first { [descriptor] number in
            var lock = Self.lock(number)
            return fcntl(descriptor, F_SETLK, &lock) == 0
        }
        guard let free else {
            let failure = CommandFailure(.last("locking \(path)"))
            close(descriptor)
            throw failure
        }
        own = free
    }

    deinit { close(descriptor) }

    /// Tells the others that this server has its jobs in the database.
    func announceJobs() throws(CommandFailure) {
        var lock = Self.lock(Self.limit + own)
        guard fcntl(descriptor, F_SETLK, &lock) == 0 else { throw CommandFailure(.last("locking the node number")) }
    }

    /// Whether another server lives that has announced its jobs.
    var isAnotherServing: Bool {
        var lock = Self.lock(Self.limit + 1)
        lock.l_len = off_t(Self.limit)
        return fcntl(descriptor, F_GETLK, &lock) != 0 || lock.l_type != Int16(F_UNLCK)
    }

    /// Whether another server lives that has the number.
    func isHeldByAnother(_ number: Int) -> Bool {
        var lock = Self.lock(number)
        // Where it cannot be told, a run is rather left alone than started twice.
        return fcntl(descriptor, F_GETLK, &lock) != 0 || lock.l_type != Int16(F_UNLCK)
    }

    private static func lock(_ number: Int) -> flock {
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_start = off_t(number)
        lock.l_len = 1
        return lock
    }
}
