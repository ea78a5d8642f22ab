#if Command
import Foundation

/// The socket of a service manager, in the abstract namespace.
final class NotifySocket {
    /// What stands in `NOTIFY_SOCKET`.
    let name: String
    private let descriptor: Int32

    init() throws {
        name = "@carillon-tests-\(UUID().uuidString)"
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = [0] + Array(name.utf8.dropFirst())
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        if result != 0 { throw POSIXError(.EADDRINUSE) }
    }

    deinit { close(descriptor) }

    /// The messages up to the first that begins with a text, that one included.
    func messages(through text: String) -> [String] {
        let deadline = ContinuousClock.now + ServedProcess.patience
        var messages: [String] = []
        while .now < deadline {
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&entry, 1, Int32(max(0, (deadline - .now) / .milliseconds(1)))) > 0 else { break }
            var block = [UInt8](repeating: 0, count: 4096)
            let count = recv(descriptor, &block, block.count, 0)
            guard count > 0 else { break }
            messages.append(String(decoding: block[..<count], as: UTF8.self))
            if messages.last?.hasPrefix(text) == true { break }
        }
        return messages
    }
}
#endif
