#if Redis
import CHiredis
import Carillon
import CarillonRedis
import CarillonTesting
import Foundation
import Synchronization

/// The server that the tests run on, which `scripts/test` starts.
enum TestServer {
    /// The variable that has its address.
    private static let variable = "CARILLON_TEST_REDIS"

    /// What a test says when there is no server: it fails, because nothing was tested.
    struct Missing: Error, CustomStringConvertible {
        var description: String {
            """
            there is no Redis server to test on: run 'scripts/support/redis-server start FOLDER', and put the address that it \
            prints into \(TestServer.variable)
            """
        }
    }

    /// Its address, without a prefix.
    static func url() throws -> String {
        guard let url = ProcessInfo.processInfo.environment[variable], !url.isEmpty else { throw Missing() }
        return url
    }
}

/// A prefix of its own on a server.
final class TestKeys: Sendable {
    let name: String
    private let server: String
    private let connection: Mutex<SendableBox<RawConnection>>

    /// - Parameter server: Its address; that of all tests if none is given.
    init(on server: String? = nil) throws {
        self.server = try server ?? TestServer.url()
        name = "t\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        connection = Mutex(SendableBox(try RawConnection(self.server)))
    }

    /// The address by which a store opens it.
    var url: String { "\(server)?prefix=\(name)" }

    /// The address for a user with a password.
    func url(user: String, password: String) -> String {
        url.replacing("redis://", with: "redis://\(user):\(password)@")
    }

    /// The port of its server.
    func port() throws -> UInt16 {
        guard let port = URL(string: server)?.port.flatMap(UInt16.init(exactly:)) else {
            throw TestFailure("the server's address has no port")
        }
        return port
    }

    func address() throws -> RedisAddress { try RedisAddress(url) }

    func open(timeout: Duration = .seconds(5)) async throws -> RedisJobStore {
        try await RedisJobStore(try address(), timeout: timeout)
    }

    /// The whole name of a key.
    func key(_ name: String) -> String { "{\(self.name)}:\(name)" }

    /// Sends a command past the store.
    @discardableResult
    func raw(_ words: String...) throws -> RawReply { try raw(words.map { Array($0.utf8) }) }

    @discardableResult
    func raw(_ words: [[UInt8]]) throws -> RawReply { try connection.withLock { try $0.value.execute(words) } }

    func removeAll() throws {
        let keys = try raw("KEYS", key("*")).list
        for some in keys.batches(of: 1000) { try raw([Array("UNLINK".utf8)] + some) }
    }
}

/// An answer of the server.
enum RawReply: Equatable {
    case nothing
    case integer(Int)
    case text([UInt8])
    indirect case array([RawReply])

    var bytes: [UInt8]? { if case .text(let bytes) = self { bytes } else { nil } }
    var string: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }
    var integer: Int? { if case .integer(let number) = self { number } else { string.flatMap { Int($0) } } }
    var list: [[UInt8]] { if case .array(let elements) = self { elements.compactMap(\.bytes) } else { [] } }
}

/// A connection past the store, with the sockets of hiredis.
final class RawConnection {
    private let context: UnsafeMutablePointer<redisContext>

    init(_ url: String) throws {
        guard let parts = URLComponents(string: url),
            let context = redisConnect(parts.host ?? "", Int32(parts.port ?? 6379))
        else { throw TestFailure("\(url) is no address") }
        self.context = context
        guard context.pointee.err == 0 else { throw TestFailure("\(url) cannot be reached") }
    }

    deinit { redisFree(context) }

    @discardableResult
    func execute(_ words: [[UInt8]]) throws -> RawReply {
        let pointers = words.map { word in
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: word.count + 1)
            for (index, byte) in word.enumerated() { copy[index] = CChar(bitPattern: byte) }
            return copy
        }
        defer { for pointer in pointers { pointer.deallocate() } }
        var arguments = pointers.map { UnsafePointer<CChar>?($0) }
        let lengths = words.map(\.count)
        guard let raw = redisCommandArgv(context, Int32(words.count), &arguments, lengths) else {
            throw TestFailure("the server does not answer")
        }
        defer { freeReplyObject(raw) }
        return try Self.reply(raw.assumingMemoryBound(to: redisReply.self).pointee)
    }

    private static func reply(_ reply: redisReply) throws -> RawReply {
        func bytes() -> [UInt8] {
            reply.str.map { Array(UnsafeRawBufferPointer(start: $0, count: Int(reply.len))) } ?? []
        }
        switch reply.type {
        case REDIS_REPLY_ERROR: throw TestFailure(String(decoding: bytes(), as: UTF8.self))
        case REDIS_REPLY_INTEGER: return .integer(Int(reply.integer))
        case REDIS_REPLY_STRING, REDIS_REPLY_STATUS: return .text(bytes())
        case REDIS_REPLY_ARRAY:
            return .array(
                try (0..<Int(reply.elements)).map { index in
                    try reply.element[index].map { try Self.reply($0.pointee) } ?? .nothing
                })
        default: return .nothing
        }
    }
}
#endif
