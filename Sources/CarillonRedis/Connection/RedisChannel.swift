#if Redis
internal import Carillon

/// The bytes to and from a server, encrypted or not, and the answers in them.
final class RedisChannel {
    private let socket: RedisSocket
    private let cipher: RedisCipher?
    private let reader: RedisReader
    private var buffer = [UInt8](repeating: 0, count: 65_536)
    private var plain = [UInt8](repeating: 0, count: 65_536)

    /// The socket, for a thread that waits for more than one thing.
    var descriptor: Int32 { socket.descriptor }

    /// Connects, and agrees on the encryption.
    init(
        _ server: RedisEndpoint, _ encryption: RedisEncryption?, until deadline: ContinuousClock.Instant
    ) throws(RedisFailure) {
        guard let reader = RedisReader() else { throw RedisFailure(.lost, "there is no memory left") }
        self.reader = reader
        switch server {
        case .host(let host, let port):
            socket = try RedisSocket(host: host, port: port, until: deadline)
            cipher = try encryption.map { (encryption) throws(RedisFailure) in try RedisCipher(encryption, host: host) }
        case .socket(let path):
            socket = try RedisSocket(path: path, until: deadline)
            cipher = nil
        }
        guard let cipher else { return }
        while case .needsInput = try cipher.shakeHands() {
            try flush(cipher, until: deadline)
            try awaitInput(until: deadline)
        }
        try flush(cipher, until: deadline)
    }

    /// Whether something has come that nobody asked for: the server has said goodbye, or hung up.
    var isStale: Bool { socket.isReadable }

    /// Sends a message.
    func send(_ message: [UInt8], until deadline: ContinuousClock.Instant) throws(RedisFailure) {
        guard let cipher else { return try sendRaw(message, until: deadline) }
        var sent = 0
        while sent < message.count {
            let step = try message.reading { (bytes) throws(RedisFailure) in
                try cipher.write(UnsafeRawBufferPointer(rebasing: bytes[sent...]))
            }
            if case .done(let count) = step { sent += count }
            try flush(cipher, until: deadline)
            if case .needsInput = step { try awaitInput(until: deadline) }
        }
    }

    private func flush(_ cipher: RedisCipher, until deadline: ContinuousClock.Instant) throws(RedisFailure) {
        var pending: [UInt8] = []
        cipher.drain(into: &pending)
        try sendRaw(pending, until: deadline)
    }

    private func sendRaw(_ message: [UInt8], until deadline: ContinuousClock.Instant) throws(RedisFailure) {
        var sent = 0
        while sent < message.count {
            let count = try message.reading { (bytes) throws(RedisFailure) in
                try socket.send(UnsafeRawBufferPointer(rebasing: bytes[sent...]))
            }
            sent += count
            guard count == 0 else { continue }
            guard socket.wait(forWriting: true, until: deadline) else {
                throw RedisFailure(.late, "the server took nothing more in time")
            }
            // It may answer before it has read everything, and stop reading until its answers are read.
            _ = try takeInput()
        }
    }

    /// Returns the next answer.
    func receive(until deadline: ContinuousClock.Instant) throws(RedisFailure) -> RedisReply {
        while true {
            if let reply = try reader.next() { return reply }
            if try takeInput() { continue }
            guard socket.wait(until: deadline) else { throw RedisFailure(.late, "no answer came in time") }
        }
    }

    /// Returns the next answer that has come; `nil` if none has.
    func receiveNow() throws(RedisFailure) -> RedisReply? {
        while true {
            if let reply = try reader.next() { return reply }
            guard try takeInput() else { return nil }
        }
    }

    private func awaitInput(until deadline: ContinuousClock.Instant) throws(RedisFailure) {
        guard socket.wait(until: deadline) else { throw RedisFailure(.late, "no encrypted connection came in time") }
        _ = try takeInput()
    }

    /// Reads what has arrived. Returns whether there was anything.
    private func takeInput() throws(RedisFailure) -> Bool {
        let count = try buffer.writing { (bytes) throws(RedisFailure) in
            try socket.receive(into: bytes)
        }
        guard let count else { return false }
        guard let cipher else {
            try feed(buffer, count)
            return true
        }
        buffer.withUnsafeBytes { cipher.take(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        while true {
            let step = try plain.writing { (bytes) throws(RedisFailure) in try cipher.read(into: bytes) }
            guard case .done(let count) = step else { break }
            try feed(plain, count)
        }
        return true
    }

    private func feed(_ bytes: [UInt8], _ count: Int) throws(RedisFailure) {
        try bytes.reading { (bytes) throws(RedisFailure) in
            try reader.feed(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
        }
    }
}

/// Where a server listens.
enum RedisEndpoint: Hashable {
    case host(String, Int)
    case socket(String)
}

extension [UInt8] {
    /// As `withUnsafeBytes`, which throws any error.
    fileprivate func reading<Value>(
        _ body: (UnsafeRawBufferPointer) throws(RedisFailure) -> Value
    ) throws(RedisFailure) -> Value {
        try withUnsafeBytes { bytes in Result { () throws(RedisFailure) in try body(bytes) } }.get()
    }

    /// As `withUnsafeMutableBytes`, which throws any error.
    fileprivate mutating func writing<Value>(
        _ body: (UnsafeMutableRawBufferPointer) throws(RedisFailure) -> Value
    ) throws(RedisFailure) -> Value {
        try withUnsafeMutableBytes { bytes in Result { () throws(RedisFailure) in try body(bytes) } }.get()
    }
}
#endif
