import Foundation
import Synchronization

/// A server on this machine that answers as a test says, each connection on a thread of its own.
final class LocalServer: Sendable {
    /// What a client asked.
    struct Asked: Sendable {
        let method: String
        let path: String
        /// By name in small letters.
        let headers: [String: String]
        let body: String
    }

    /// A connection; it is closed when the answer has been written.
    struct Connection: Sendable {
        fileprivate let descriptor: Int32

        /// Writes text; false where the client has gone.
        @discardableResult
        func send(_ text: String) -> Bool { send(Array(text.utf8)) }

        @discardableResult
        func send(_ bytes: [UInt8]) -> Bool {
            var sent = 0
            while sent < bytes.count {
                let count = bytes.withUnsafeBytes { buffer in
                    write(buffer.baseAddress.map { $0 + sent }, bytes.count - sent)
                }
                if count <= 0 { return false }
                sent += count
            }
            return true
        }

        private func write(_ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
            Foundation.send(descriptor, bytes, count, Int32(MSG_NOSIGNAL))
        }

        /// Waits until the client closes the connection.
        func waitForEnd() {
            var byte: UInt8 = 0
            while recv(descriptor, &byte, 1, 0) > 0 {}
        }
    }

    let port: Int
    private let descriptor: Int32
    private let asked = Mutex<[Asked]>([])

    /// What was asked so far.
    var requests: [Asked] { asked.withLock { $0 } }

    func url(_ path: String = "/", credentials: String = "") -> String {
        "http://\(credentials)127.0.0.1:\(port)\(path)"
    }

    init(_ answer: @escaping @Sendable (Asked, Connection) -> Void) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { [descriptor] pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && listen(descriptor, 50) == 0
                    && getsockname(descriptor, $0, &size) == 0
            }
        }
        guard bound else { throw POSIXError(.EADDRNOTAVAIL) }
        port = Int(UInt16(bigEndian: address.sin_port))
        let listening = descriptor
        Thread.detachNewThread { [weak self] in
            while true {
                let client = accept(listening, nil, nil)
                if client < 0 {
                    // Another test may use up what there is of descriptors for a moment.
                    if [EINTR, ECONNABORTED, EMFILE, ENFILE].contains(errno) {
                        sched_yield()
                        continue
                    }
                    // Closed here alone: the number would be another's already while this thread still accepts on it.
                    close(listening)
                    return
                }
                _ = fcntl(client, F_SETFD, FD_CLOEXEC)
                Thread.detachNewThread { [weak self] in
                    defer { close(client) }
                    guard let asked = Self.read(client) else { return }
                    self?.asked.withLock { $0.append(asked) }
                    answer(asked, Connection(descriptor: client))
                }
            }
        }
    }

    /// Ends the accepting thread.
    deinit { shutdown(descriptor, Int32(SHUT_RDWR)) }

    private static func read(_ client: Int32) -> Asked? {
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 4096)
        var wanted: Int?
        while wanted.map({ bytes.count < $0 }) ?? true {
            let count = recv(client, &block, block.count, 0)
            if count <= 0 { return nil }
            bytes += block[..<count]
            if wanted == nil, let head = Data(bytes).range(of: Data("\r\n\r\n".utf8)) {
                let length = headers(String(decoding: bytes[..<head.lowerBound], as: UTF8.self))["content-length"]
                wanted = head.upperBound + (length.flatMap { Int($0) } ?? 0)
            }
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { return nil }
        let head = String(text[..<end.lowerBound])
        let first = head.prefix { !$0.isNewline }.split(separator: " ")
        guard first.count == 3 else { return nil }
        return Asked(
            method: String(first[0]), path: String(first[1]), headers: headers(head),
            body: String(text[end.upperBound...]))
    }

    private static func headers(_ head: String) -> [String: String] {
        var headers: [String: String] = [:]
        for line in head.split(whereSeparator: \.isNewline).dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts.first, parts.count == 2 else { continue }
            headers[name.lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        return headers
    }
}

/// A whole answer.
func answer(_ status: String, _ body: String = "", _ headers: [String] = []) -> String {
    let lines = ["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)", "Connection: close"] + headers
    return lines.map { $0 + "\r\n" }.joined() + "\r\n" + body
}
