#if Redis
internal import CHiredis

/// Reads answers from the bytes of a connection, with the parser of hiredis.
final class RedisReader {
    private let reader: UnsafeMutablePointer<redisReader>

    /// Creates a reader; `nil` if there is no memory left.
    init?() {
        guard let reader = redisReaderCreate() else { return nil }
        self.reader = reader
    }

    deinit { redisReaderFree(reader) }

    /// Takes more bytes.
    func feed(_ bytes: UnsafeRawBufferPointer) throws(RedisFailure) {
        let isTaken = redisReaderFeed(reader, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        guard isTaken == REDIS_OK else { throw failure }
    }

    /// Returns the next answer; `nil` if it is not complete yet.
    func next() throws(RedisFailure) -> RedisReply? {
        var found: UnsafeMutableRawPointer?
        guard redisReaderGetReply(reader, &found) == REDIS_OK else { throw failure }
        guard let found else { return nil }
        defer { freeReplyObject(found) }
        return Self.reply(found.assumingMemoryBound(to: redisReply.self).pointee)
    }

    private var failure: RedisFailure {
        let text = withUnsafePointer(to: &reader.pointee.errstr) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 128) { String(cString: $0) }
        }
        return RedisFailure(.lost, "what it answers is not Redis's protocol: \(text)")
    }

    private static func reply(_ reply: redisReply) -> RedisReply {
        switch reply.type {
        case REDIS_REPLY_INTEGER: return .integer(Int64(reply.integer))
        case REDIS_REPLY_STRING: return .bytes(bytes(reply))
        case REDIS_REPLY_STATUS: return .status(String(decoding: bytes(reply), as: UTF8.self))
        case REDIS_REPLY_ERROR: return .error(String(decoding: bytes(reply), as: UTF8.self))
        case REDIS_REPLY_ARRAY:
            var elements: [RedisReply] = []
            elements.reserveCapacity(Int(reply.elements))
            for index in 0..<Int(reply.elements) {
                elements.append(reply.element[index].map { Self.reply($0.pointee) } ?? .null)
            }
            return .array(elements)
        default: return .null
        }
    }

    private static func bytes(_ reply: redisReply) -> [UInt8] {
        guard let text = reply.str else { return [] }
        return Array(UnsafeRawBufferPointer(start: text, count: Int(reply.len)))
    }
}
#endif
