#if Command
import Foundation

/// Tells a service manager such as systemd how the server stands: datagrams to `$NOTIFY_SOCKET`, as sd_notify(3) says.
struct ServiceNotifier: Sendable {
    /// The socket's address, where somebody wants to be told.
    private let address: [UInt8]?
    /// How often a sign of life is wanted at least.
    let watchdog: Duration?

    /// Reads what the service manager has put into the environment.
    init(environment: [String: String], process: Int32 = getpid()) {
        // Other forms, such as `vsock:`, are of machines that are started like services.
        let path = environment["NOTIFY_SOCKET"].flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
        address = path.map { path in
            var bytes = Array(path.utf8)
            // An abstract address begins with a zero (unix(7)).
            if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
            return bytes
        }
        let isForUs = environment["WATCHDOG_PID"].map { Int32($0) == process } ?? true
        watchdog = environment["WATCHDOG_USEC"].flatMap { isForUs ? Int64($0) : nil }.flatMap {
            $0 > 0 ? .microseconds($0) : nil
        }
    }

    /// The variables that were meant for this process and not for what it starts.
    static let variables = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]

    func isReady(_ status: String) { tell("READY=1\nSTATUS=\(status)") }

    func isStopping() { tell("STOPPING=1") }

    func isReloading() {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        tell("RELOADING=1\nMONOTONIC_USEC=\(Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)")
    }

    func isAlive() { tell("WATCHDOG=1") }

    /// Sends a message without waiting. One that is not received is nobody's loss but the service manager's.
    private func tell(_ message: String) {
        guard let address else { return }
        var name = sockaddr_un()
        guard address.count <= MemoryLayout.size(ofValue: name.sun_path) else { return }
        name.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: address) }
        #if os(Linux)
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        #else
        let descriptor = socket(AF_UNIX, SOCK_DGRAM, 0)
        #endif
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        let length = socklen_t(MemoryLayout<sockaddr_un>.offset(of: \.sun_path).map { $0 + address.count } ?? 0)
        let bytes = Array(message.utf8)
        withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = sendto(descriptor, bytes, bytes.count, Int32(MSG_DONTWAIT), address, length)
            }
        }
    }
}
#endif
