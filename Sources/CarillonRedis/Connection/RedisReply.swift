#if Redis
/// An answer of the server.
enum RedisReply {
    case null
    case integer(Int64)
    case status(String)
    case bytes([UInt8])
    case array([RedisReply])
    case error(String)

    /// The bytes of a string; `nil` for anything else.
    var bytes: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }

    /// The text of a string; `nil` for anything else, and for bytes that are no text.
    var text: String? {
        switch self {
        case .bytes(let bytes): String(validating: bytes, as: UTF8.self)
        case .status(let text): text
        default: nil
        }
    }

    /// The elements of a list; empty for anything else.
    var elements: [RedisReply] { if case .array(let elements) = self { elements } else { [] } }

    /// The number, or the number that a string is.
    var integer: Int64? {
        switch self {
        case .integer(let number): number
        case .bytes(let bytes): Int64(String(decoding: bytes, as: UTF8.self))
        default: nil
        }
    }

    /// A score, in whole units; `nil` for none.
    var score: Int64? {
        guard let text, let number = Double(text) else { return nil }
        return Int64(exactly: number.rounded(.down)) ?? (number < 0 ? .min : .max)
    }

    /// Whether it is something else than nothing.
    var isThere: Bool { if case .null = self { false } else { true } }

    /// Throws the error that it is.
    func checked() throws(RedisFailure) -> RedisReply {
        if case .error(let text) = self { throw RedisFailure(answer: text) }
        return self
    }
}
#endif
