import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A connection between processes of one machine, over which lines go.
enum LocalSocket {
    /// A call of the system that failed.
    struct Failure: Error, CustomStringConvertible {
        let call: String
        let number: Int32

        init(_ call: String) {
            self.call = call
            number = errno
        }

        var description: String { "\(call): \(String(cString: strerror(number)))" }
    }

    /// Opens a socket that others connect to.
    static func listen(at path: String) throws -> Int32 {
        let socket = try open()
        guard try withAddress(path, { bindTo(socket, $0, $1) }) == 0 else { throw failure("bind", closing: socket) }
        guard listenOn(socket) == 0 else { throw failure("listen", closing: socket) }
        return socket
    }

    /// Connects to a socket that somebody listens at.
    static func connect(to path: String) throws -> Int32 {
        let socket = try open()
        guard try withAddress(path, { connectTo(socket, $0, $1) }) == 0 else {
            throw failure("connect", closing: socket)
        }
        return socket
    }

    /// Sends all bytes.
    static func send(_ bytes: [UInt8], on socket: Int32) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { sendOn(socket, $0) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Failure("send") }
            sent += count
        }
    }

    /// Returns what has come, waiting until something has; nothing at the end.
    static func receive(on socket: Int32) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(socket, &bytes, bytes.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Failure("recv") }
            return Array(bytes.prefix(count))
        }
    }

    private static func open() throws -> Int32 {
        #if canImport(Darwin)
        let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #else
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        guard descriptor >= 0 else { throw Failure("socket") }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        #if canImport(Darwin)
        var isOn: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &isOn, socklen_t(MemoryLayout<Int32>.size))
        #endif
        return descriptor
    }

    private static func failure(_ call: String, closing socket: Int32) -> Failure {
        let failure = Failure(call)
        close(socket)
        return failure
    }

    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let isWhole = withUnsafeMutableBytes(of: &address.sun_path) { place in
            let bytes = Array(path.utf8)
            guard bytes.count < place.count else { return false }
            place.copyBytes(from: bytes)
            return true
        }
        guard isWhole else { throw ConformanceFailure("the path of a socket is too long: \(path); set TMPDIR") }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}

// The system's functions have the names of those above.
private func bindTo(_ socket: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Int32 {
    bind(socket, address, length)
}

private func connectTo(_ socket: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Int32 {
    connect(socket, address, length)
}

private func listenOn(_ socket: Int32) -> Int32 { listen(socket, 4096) }

private func sendOn(_ socket: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Darwin)
    send(socket, bytes.baseAddress, bytes.count, 0)
    #else
    send(socket, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
    #endif
}
