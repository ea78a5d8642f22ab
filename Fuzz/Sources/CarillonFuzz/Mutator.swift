/// Damages bytes in the ways that find faults in parsers.
enum Mutator {
    /// Numbers at which something often goes wrong, as big-endian bytes.
    private static let edges: [[UInt8]] = [
        [0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF], [0x7F, 0xFF, 0xFF, 0xFF], [0x80, 0, 0, 0], [0, 0, 0, 1], [0, 1, 0, 0],
        [0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0x80, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0x3A, 0xFF, 0xF4, 0x41, 0x7F],
        [0xF8, 0, 0, 0, 0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xF1, 0x88, 0x6E, 0x09, 0x00],
    ]

    /// - Parameter words: Pieces that mean something to the parser.
    static func mutate(_ bytes: [UInt8], words: [[UInt8]], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<generator.element(of: [1, 1, 1, 2, 3, 6]) {
            let position = bytes.isEmpty ? 0 : generator.number(0...(bytes.count - 1))
            switch generator.number(0...9) {
            case 0 where !bytes.isEmpty: bytes[position] ^= 1 << UInt8(generator.number(0...7))
            case 1 where !bytes.isEmpty: bytes[position] = UInt8(generator.number(0...255))
            case 2 where !bytes.isEmpty: bytes.remove(at: position)
            case 3: bytes.insert(UInt8(generator.number(0...255)), at: position)
            case 4...5: bytes.insert(contentsOf: generator.element(of: words), at: position)
            case 6 where !bytes.isEmpty:
                let end = min(bytes.count, position + generator.number(1...16))
                bytes.insert(contentsOf: bytes[position..<end], at: generator.number(0...bytes.count))
            case 7 where !bytes.isEmpty:
                bytes.removeSubrange(position..<min(bytes.count, position + generator.number(1...16)))
            case 8 where !bytes.isEmpty: bytes.removeSubrange(position...)
            default:
                let edge = generator.element(of: edges)
                let end = min(bytes.count, position + edge.count)
                bytes.replaceSubrange(position..<end, with: edge.prefix(end - position))
            }
        }
        return bytes
    }
}
