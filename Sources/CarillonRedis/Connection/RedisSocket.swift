#if Redis
internal import Carillon

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A connected socket, used by one thread at a time. Every wait has an end of its own: neither keepalives nor
/// `tcp_user_timeout` notice a server that is frozen, because its kernel goes on answering.
final class RedisSocket {
    let descriptor: Int32

    /// Connects to a host by TCP. Looking up its name is not counted.
    init(host: String, port: Int, until deadline: ContinuousClock.Instant) throws(RedisFailure) {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        #if canImport(Glibc)
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
        hints.ai_socktype = SOCK_STREAM
        #endif
        var found: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &found)
        guard code == 0, let first = found else {
            throw RedisFailure(.lost, "the host '\(host)' is not found: \(String(cString: gai_strerror(code)))")
        }
        defer { freeaddrinfo(first) }
        var failure = RedisFailure(.lost, "the host '\(host)' has no address")
        var next: UnsafeMutablePointer<addrinfo>? = first
        while let entry = next?.pointee {
            do throws(RedisFailure) {
                descriptor = try Self.connected(
                    entry.ai_family, entry.ai_addr, entry.ai_addrlen, until: deadline)
                var on: Int32 = 1
                setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
                return
            } catch { failure = error }
            next = entry.ai_next
        }
        throw failure
    }

    /// Connects to a socket of this machine.
    init(path: String, until deadline: ContinuousClock.Instant) throws(RedisFailure) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw RedisFailure(.lost, "the path of its socket is too long")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let result = Result<Int32, RedisFailure> { () throws(RedisFailure) in
            try withUnsafePointer(to: &address) { (pointer) throws(RedisFailure) in
                let raw = UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self)
                return try Self.connected(
                    AF_UNIX, UnsafeMutablePointer(mutating: raw), socklen_t(MemoryLayout<sockaddr_un>.size),
                    until: deadline)
            }
        }
        descriptor = try result.get()
    }

    deinit { close(descriptor) }

    private static func connected(
        _ family: Int32, _ address: UnsafeMutablePointer<sockaddr>?, _ length: socklen_t,
        until deadline: ContinuousClock.Instant
    ) throws(RedisFailure) -> Int32 {
        #if canImport(Glibc)
        let made = socket(family, Int32(SOCK_STREAM.rawValue), 0)
        #else
        let made = socket(family, SOCK_STREAM, 0)
        #endif
        guard made >= 0 else { throw systemFailure() }
        _ = fcntl(made, F_SETFD, FD_CLOEXEC)
        _ = fcntl(made, F_SETFL, O_NONBLOCK)
        do throws(RedisFailure) {
            if connect(made, address, length) != 0 {
                guard errno == EINPROGRESS else { throw systemFailure() }
                guard Self.wait(made, Int16(POLLOUT), until: deadline) else {
                    throw RedisFailure(.late, "no connection was made in time")
                }
                var code: Int32 = 0
                var size = socklen_t(MemoryLayout<Int32>.size)
                getsockopt(made, SOL_SOCKET, SO_ERROR, &code, &size)
                guard code == 0 else { throw RedisFailure(.lost, String(cString: strerror(code))) }
            }
            return made
        } catch {
            close(made)
            throw error
        }
    }

    private static func systemFailure() -> RedisFailure { RedisFailure(.lost, String(cString: strerror(errno))) }

    /// Sends as many bytes as the system takes; 0 if it takes none now. No SIGPIPE is raised.
    func send(_ bytes: UnsafeRawBufferPointer) throws(RedisFailure) -> Int {
        while true {
            #if canImport(Darwin)
            let count = Darwin.send(descriptor, bytes.baseAddress, bytes.count, 0)
            #elseif canImport(Musl)
            let count = Musl.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            #else
            let count = Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            #endif
            if count >= 0 { return count }
            if errno == EAGAIN { return 0 }
            if errno != EINTR { throw Self.systemFailure() }
        }
    }

    /// Reads what has arrived; `nil` if nothing has.
    ///
    /// - Throws: `RedisFailure` with `lost`, also if the server has closed the connection.
    func receive(into buffer: UnsafeMutableRawBufferPointer) throws(RedisFailure) -> Int? {
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 { return count }
            if count == 0 { throw RedisFailure(.lost, "the server closed the connection") }
            if errno == EAGAIN { return nil }
            if errno != EINTR { throw Self.systemFailure() }
        }
    }

    /// Waits until the socket is ready for reading or writing. Returns `false` if it is not in time.
    func wait(forWriting isWriting: Bool = false, until deadline: ContinuousClock.Instant) -> Bool {
        // The server may be waiting for its answers to be read.
        Self.wait(descriptor, isWriting ? Int16(POLLIN | POLLOUT) : Int16(POLLIN), until: deadline)
    }

    /// Whether something has arrived, or the connection has been closed.
    var isReadable: Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 0) > 0
    }

    private static func wait(_ descriptor: Int32, _ events: Int16, until deadline: ContinuousClock.Instant) -> Bool {
        while true {
            let left = deadline - .now
            guard left > .zero else { return false }
            var entry = pollfd(fd: descriptor, events: events, revents: 0)
            let count = poll(&entry, 1, left.pollMilliseconds)
            if count > 0 || (count < 0 && errno != EINTR) { return true }
        }
    }
}
#endif
