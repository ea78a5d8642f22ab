/// A message between a process pool and one of its workers, as it is sent: a header, and as many bytes as that says.
///
/// The header is two bytes by which a frame is recognised, the version, the kind, the length of the rest, and the number of
/// the run that the frame is about (0 for none). Numbers are little-endian.
struct Frame {
    /// The length of the header in bytes.
    static let headerLength = 12
    /// A pool and its workers are the same program, so a frame of another version is a mistake.
    static let version: UInt8 = 1
    fileprivate static let marks: [UInt8] = [0xCA, 0x52]

    /// What the frame says.
    let kind: UInt8
    /// The run that it is about; 0 for none.
    let number: UInt32
    /// What it says in particular.
    var payload: FrameReader
}

/// Why bytes are no frame, or a frame says nothing.
struct FrameError: Error, CustomStringConvertible {
    let description: String
}

/// Frames that are being put together.
struct FrameWriter {
    private(set) var bytes: [UInt8] = []

    /// Appends a frame.
    mutating func frame(_ kind: UInt8, _ number: UInt32, _ write: (inout FrameWriter) -> Void = { _ in }) {
        let start = bytes.count
        bytes.append(contentsOf: Frame.marks)
        bytes.append(Frame.version)
        bytes.append(kind)
        add(UInt32(0))
        add(number)
        write(&self)
        let length = UInt32(truncatingIfNeeded: bytes.count - start - Frame.headerLength)
        for index in 0..<4 { bytes[start + 4 + index] = UInt8(truncatingIfNeeded: length >> (8 * UInt32(index))) }
    }

    mutating func add(_ byte: UInt8) { bytes.append(byte) }

    mutating func add(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

    mutating func add(_ number: UInt32) { addBytes(of: number.littleEndian) }

    mutating func add(_ number: Int64) { addBytes(of: number.littleEndian) }

    mutating func add(_ block: [UInt8]) {
        add(UInt32(truncatingIfNeeded: block.count))
        bytes.append(contentsOf: block)
    }

    mutating func add(_ text: String) {
        add(UInt32(truncatingIfNeeded: text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    mutating func add(_ texts: [String]) {
        add(UInt32(truncatingIfNeeded: texts.count))
        for text in texts { add(text) }
    }

    mutating func add(_ texts: [String: String]) {
        add(UInt32(truncatingIfNeeded: texts.count))
        for (key, text) in texts {
            add(key)
            add(text)
        }
    }

    /// Appends whether there is a value, and the value.
    mutating func add<Value>(optional value: Value?, _ write: (inout FrameWriter, Value) -> Void) {
        add(value != nil)
        if let value { write(&self, value) }
    }

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    private mutating func addBytes(of number: some FixedWidthInteger) {
        withUnsafeBytes(of: number) { bytes.append(contentsOf: $0) }
    }
}

/// Reads what a frame says, never beyond its end.
struct FrameReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    mutating func byte() throws(FrameError) -> UInt8 {
        guard let byte = rest.popFirst() else { throw Self.tooShort }
        return byte
    }

    mutating func flag() throws(FrameError) -> Bool {
        switch try byte() {
        case 0: false
        case 1: true
        case let other: throw FrameError(description: "\(other) is neither true nor false")
        }
    }

    mutating func number() throws(FrameError) -> UInt32 { try integer() }

    mutating func longNumber() throws(FrameError) -> Int64 { Int64(bitPattern: try integer()) }

    mutating func block() throws(FrameError) -> [UInt8] { Array(try slice(Int(try number()))) }

    mutating func text() throws(FrameError) -> String {
        let bytes = try slice(Int(try number()))
        return String(decoding: bytes, as: UTF8.self)
    }

    mutating func texts() throws(FrameError) -> [String] {
        var texts: [String] = []
        for _ in 0..<(try count()) { texts.append(try text()) }
        return texts
    }

    mutating func pairs() throws(FrameError) -> [String: String] {
        var pairs: [String: String] = [:]
        for _ in 0..<(try count()) {
            let key = try text()
            pairs[key] = try text()
        }
        return pairs
    }

    mutating func numbers() throws(FrameError) -> [UInt32] {
        var numbers: [UInt32] = []
        for _ in 0..<(try count()) { numbers.append(try number()) }
        return numbers
    }

    /// Throws if something is left.
    func finish() throws(FrameError) {
        guard rest.isEmpty else { throw FrameError(description: "it has \(rest.count) bytes more than it says") }
    }

    private static let tooShort = FrameError(description: "it ends before it has said all")

    /// Returns how many elements follow; each has four bytes at least.
    private mutating func count() throws(FrameError) -> Int {
        let count = Int(try number())
        guard count <= rest.count / 4 else { throw Self.tooShort }
        return count
    }

    private mutating func slice(_ count: Int) throws(FrameError) -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw Self.tooShort }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    private mutating func integer<Number: FixedWidthInteger>() throws(FrameError) -> Number {
        var number: Number = 0
        for (index, byte) in try slice(MemoryLayout<Number>.size).enumerated() {
            number |= Number(truncatingIfNeeded: byte) << Number(truncatingIfNeeded: 8 * index)
        }
        return number
    }
}

/// Bytes as they arrive, which it takes apart into frames.
struct FrameBuffer {
    private var bytes: [UInt8] = []
    private var start = 0
    private let limit: Int

    /// - Parameter limit: The most bytes that a frame may have after its header.
    init(limit: Int) { self.limit = limit }

    mutating func append(_ new: UnsafeRawBufferPointer) {
        if start == bytes.count {
            bytes.removeAll(keepingCapacity: true)
            start = 0
        } else if start > 1 << 16 {
            bytes.removeFirst(start)
            start = 0
        }
        bytes.append(contentsOf: new)
    }

    /// Removes and returns the next frame; `nil` if it has not arrived as a whole.
    ///
    /// - Throws: `FrameError` if what has arrived is no frame. Nothing that follows can be read.
    mutating func next() throws(FrameError) -> Frame? {
        let count = bytes.count - start
        for (index, mark) in Frame.marks.enumerated() where index < count && bytes[start + index] != mark {
            throw FrameError(description: "it does not begin as a frame does")
        }
        guard count >= Frame.headerLength else { return nil }
        guard bytes[start + 2] == Frame.version else {
            throw FrameError(description: "it is of version \(bytes[start + 2]), not \(Frame.version)")
        }
        var header = FrameReader(bytes[start + 4..<start + Frame.headerLength])
        let length = Int(try header.number())
        guard length <= limit else {
            throw FrameError(description: "it has \(length) bytes; \(limit) are the most")
        }
        let number = try header.number()
        guard count >= Frame.headerLength + length else { return nil }
        let kind = bytes[start + 3]
        start += Frame.headerLength + length
        return Frame(kind: kind, number: number, payload: FrameReader(bytes[start - length..<start]))
    }
}
