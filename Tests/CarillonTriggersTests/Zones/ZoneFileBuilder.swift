/// Writes zone files, sound ones and others.
struct ZoneFileBuilder {
    /// `0` for a file with 32-bit times only.
    var version: Character = "2"
    var offsets: [Int] = [0]
    /// When which of the offsets begins.
    var transitions: [(time: Int, type: Int)] = []
    var footer: String? = ""
    var leapSeconds = 0
    /// Added to the number of transitions in the header alone.
    var falseTransitions = 0
    /// Instead of the number of offsets in the header.
    var typeCount: Int?

    var bytes: [UInt8] {
        if version == "0" { return block(timeSize: 4, version: 0) }
        let versionByte = version.asciiValue ?? 0
        var empty = ZoneFileBuilder()
        empty.footer = nil
        var bytes = empty.block(timeSize: 4, version: versionByte) + block(timeSize: 8, version: versionByte)
        if let footer { bytes += [0x0A] + Array(footer.utf8) + [0x0A] }
        return bytes
    }

    private func block(timeSize: Int, version: UInt8) -> [UInt8] {
        var bytes = Array("TZif".utf8) + [version] + [UInt8](repeating: 0, count: 15)
        for count in [0, 0, leapSeconds, transitions.count + falseTransitions, typeCount ?? offsets.count, 4] {
            bytes += Self.bigEndian(count, 4)
        }
        for transition in transitions { bytes += Self.bigEndian(transition.time, timeSize) }
        for transition in transitions { bytes.append(UInt8(truncatingIfNeeded: transition.type)) }
        for offset in offsets { bytes += Self.bigEndian(offset, 4) + [0, 0] }
        bytes += Array("ABC".utf8) + [0]
        for index in 0..<leapSeconds {
            bytes += Self.bigEndian(index * 1_000_000, timeSize) + Self.bigEndian(index + 1, 4)
        }
        return bytes
    }

    private static func bigEndian(_ number: Int, _ size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: number >> (8 * (size - 1 - $0))) }
    }
}
