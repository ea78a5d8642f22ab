import Foundation
import Synchronization

/// A TCP proxy in front of a server, which cuts connections or holds answers back at a chosen statement.
package final class TestProxy: Sendable {
    /// What happens to a connection whose client sends a chosen text.
    package enum Fault: Sendable {
        /// It is cut before the server gets the text.
        case cutBefore
        /// It is cut once the server has answered; the answer does not arrive.
        case loseAnswer
        /// Answers do not arrive any more, and the connection stays.
        case silence
    }

    private struct Plan {
        let text: [UInt8]
        let fault: Fault
    }

    /// The port of the proxy.
    package let port: UInt16
    private let listener: Int32
    private let target: UInt16
    private let plan = Mutex<Plan?>(nil)

    /// Begins to accept connections.
    ///
    /// - Parameter target: The port of the server, on 127.0.0.1.
    package init(to target: UInt16) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.address(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isOpen = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, 16) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        guard isOpen else { throw TestFailure("the proxy cannot listen") }
        self.target = target
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in accept() }
    }

    /// Stops accepting connections.
    package func close() { shutdown(listener, Int32(SHUT_RDWR)) }

    /// Lets a fault happen to the next connection whose client sends a text, once.
    package func arm(_ fault: Fault, at text: String) {
        plan.withLock { $0 = Plan(text: Array(text.utf8), fault: fault) }
    }

    private static func address(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private func accept() {
        while case let client = Foundation.accept(listener, nil, nil), client >= 0 {
            let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = Self.address(target)
            let isConnected = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
            let link = Link(client: client, server: server)
            guard isConnected else {
                link.cut()
                continue
            }
            Thread.detachNewThread { [self] in link.passRequests { self.takeFault(in: $0) } }
            Thread.detachNewThread { link.passAnswers() }
        }
        _ = Foundation.close(listener)
    }

    private func takeFault(in bytes: ArraySlice<UInt8>) -> Fault? {
        plan.withLock { plan in
            guard let armed = plan, Data(bytes).range(of: Data(armed.text)) != nil else { return nil }
            plan = nil
            return armed.fault
        }
    }

    /// The two ends of a connection. Its descriptors are closed when both threads have left it.
    private final class Link: Sendable {
        private let client: Int32
        private let server: Int32
        private let fault = Mutex<Fault?>(nil)

        init(client: Int32, server: Int32) {
            self.client = client
            self.server = server
        }

        deinit {
            _ = Foundation.close(client)
            _ = Foundation.close(server)
        }

        func cut() {
            shutdown(client, Int32(SHUT_RDWR))
            shutdown(server, Int32(SHUT_RDWR))
        }

        func passRequests(_ takeFault: (ArraySlice<UInt8>) -> Fault?) {
            defer { cut() }
            while let bytes = Self.read(client) {
                switch takeFault(bytes) {
                case nil: break
                case .cutBefore?: return
                case let taken?: fault.withLock { $0 = taken }
                }
                guard Self.write(bytes, server) else { return }
            }
        }

        func passAnswers() {
            defer { cut() }
            while let bytes = Self.read(server) {
                switch fault.withLock({ $0 }) {
                case nil: break
                case .silence?: continue
                case .cutBefore?, .loseAnswer?: return
                }
                guard Self.write(bytes, client) else { return }
            }
        }

        private static func read(_ descriptor: Int32) -> ArraySlice<UInt8>? {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            return count > 0 ? buffer[..<count] : nil
        }

        private static func write(_ bytes: ArraySlice<UInt8>, _ descriptor: Int32) -> Bool {
            var rest = Array(bytes)
            while !rest.isEmpty {
                let count = send(descriptor, rest, rest.count, Int32(MSG_NOSIGNAL))
                guard count > 0 else { return false }
                rest.removeFirst(count)
            }
            return true
        }
    }
}
