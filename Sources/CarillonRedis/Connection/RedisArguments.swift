#if Redis
/// The arguments of a command, in the form in which they are sent.
struct RedisArguments {
    private(set) var bytes: [UInt8] = []
    private(set) var count = 0

    init() {}

    init(_ texts: [String]) { for text in texts { append(text) } }

    mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
    }

    mutating func append(_ value: [UInt8]) { value.withUnsafeBytes { add($0) } }

    mutating func append(_ number: Int64) { append(String(number)) }

    mutating func append(_ number: Int) { append(Int64(number)) }

    mutating func append(contentsOf other: RedisArguments) {
        bytes += other.bytes
        count += other.count
    }

    private mutating func add(_ value: UnsafeRawBufferPointer) {
        count += 1
        Self.head(UInt8(ascii: "$"), value.count, &bytes)
        bytes.append(contentsOf: value)
        bytes.append(13)
        bytes.append(10)
    }

    private static func head(_ sign: UInt8, _ number: Int, _ bytes: inout [UInt8]) {
        bytes.append(sign)
        if number < 10 {
            bytes.append(UInt8(ascii: "0") + UInt8(number))
        } else {
            bytes.append(contentsOf: String(number).utf8)
        }
        bytes.append(13)
        bytes.append(10)
    }

    /// Appends the command that these words are to a message.
    func write(to message: inout [UInt8]) {
        Self.head(UInt8(ascii: "*"), count, &message)
        message += bytes
    }
}
#endif
