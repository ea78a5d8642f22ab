/// Reads compiled zone files.
///
/// Source: RFC 8536, "The Time Zone Information Format (TZif)". A file holds the data twice, with 32-bit times for old
/// readers and with 64-bit times for all others, then a footer with the rule for the time after the last transition.
package enum TZifFile {
    /// The largest file taken; the largest one of the database has under 4 KiB.
    package static let maximumSize = 1 << 20
    /// `TZif`, the first four bytes of every file.
    package static let magic: [UInt8] = [0x54, 0x5A, 0x69, 0x66]

    /// - Throws: `TriggerError.Code.unreadableZone`, saying what is wrong with the file.
    package static func rules(in bytes: [UInt8]) throws(TriggerError) -> ZoneRules {
        guard bytes.count <= maximumSize else { throw damaged("is larger than 1 MiB") }
        var reader = BigEndianReader(bytes: bytes)
        let legacy = try Header(&reader)
        if legacy.version == 0 {
            let block = try Block(&reader, header: legacy, timeSize: 4)
            return ZoneRules(initialOffset: block.initialOffset, transitions: block.transitions, rule: nil)
        }
        try reader.skip(legacy.dataSize(timeSize: 4))
        let header = try Header(&reader)
        let block = try Block(&reader, header: header, timeSize: 8)
        guard reader.byte() == UInt8(ascii: "\n"), let footer = reader.line() else {
            throw damaged("has no footer")
        }
        var rule: RecurringOffsetRule?
        var transitions = block.transitions
        if !footer.isEmpty {
            // Without a transition the footer holds for all time.
            let standardOffset: Int
            switch POSIXTimeZone(footer) {
            case .recurring(let recurring):
                rule = recurring
                standardOffset = recurring.standardOffset
            case .fixed(let offset): standardOffset = offset
            case nil: throw damaged("has a malformed footer")
            }
            if transitions.isEmpty { transitions = [(Instant.earliest.flooredSeconds, standardOffset)] }
        }
        return ZoneRules(initialOffset: block.initialOffset, transitions: transitions, rule: rule)
    }

    static func damaged(_ what: String) -> TriggerError {
        TriggerError(.unreadableZone, "is not a usable zone file: it \(what)")
    }
}

private struct Header {
    let version: UInt8
    let utcIndicators: Int
    let standardIndicators: Int
    let leapSeconds: Int
    let transitions: Int
    let types: Int
    let characters: Int

    init(_ reader: inout BigEndianReader) throws(TriggerError) {
        guard reader.take(TZifFile.magic), let version = reader.byte() else {
            throw TZifFile.damaged("does not begin with TZif")
        }
        self.version = version
        try reader.skip(15)
        guard let utcIndicators = reader.unsigned(), let standardIndicators = reader.unsigned(),
            let leapSeconds = reader.unsigned(), let transitions = reader.unsigned(), let types = reader.unsigned(),
            let characters = reader.unsigned()
        else { throw TZifFile.damaged("ends inside a header") }
        guard types >= 1, types <= 256 else { throw TZifFile.damaged("has \(types) kinds of local time, not 1 to 256") }
        self.utcIndicators = utcIndicators
        self.standardIndicators = standardIndicators
        self.leapSeconds = leapSeconds
        self.transitions = transitions
        self.types = types
        self.characters = characters
    }

    func dataSize(timeSize: Int) -> Int {
        transitions * (timeSize + 1) + types * 6 + characters + leapSeconds * (timeSize + 4) + standardIndicators
            + utcIndicators
    }
}

private struct Block {
    let initialOffset: Int
    let transitions: [(time: UTCSeconds, offset: Int)]

    init(_ reader: inout BigEndianReader, header: Header, timeSize: Int) throws(TriggerError) {
        guard reader.remaining >= header.dataSize(timeSize: timeSize) else {
            throw TZifFile.damaged("is shorter than its header says")
        }
        guard header.leapSeconds == 0 else {
            throw TriggerError(
                .unreadableZone, "counts leap seconds, which no scheduler does: choose it without 'right/'")
        }
        var times: [UTCSeconds] = []
        times.reserveCapacity(header.transitions)
        for _ in 0..<header.transitions {
            guard let time = timeSize == 8 ? reader.signed64() : reader.signed32() else {
                throw TZifFile.damaged("ends inside its transitions")
            }
            if let last = times.last, time <= last { throw TZifFile.damaged("has transitions that do not ascend") }
            times.append(time)
        }
        var kinds: [Int] = []
        kinds.reserveCapacity(header.transitions)
        for _ in 0..<header.transitions {
            guard let kind = reader.byte(), kind < header.types else {
                throw TZifFile.damaged("names a kind of local time it does not have")
            }
            kinds.append(Int(kind))
        }
        var offsets: [Int] = []
        for _ in 0..<header.types {
            guard let offset = reader.signed32(), reader.byte() != nil, reader.byte() != nil else {
                throw TZifFile.damaged("ends inside its kinds of local time")
            }
            // RFC 8536 asks for more than -25 hours and less than 26.
            guard offset > -90_000, offset < 93_600 else {
                throw TZifFile.damaged("has an offset of \(offset) seconds, further than a day from UTC")
            }
            offsets.append(Int(offset))
        }
        try reader.skip(header.characters + header.standardIndicators + header.utcIndicators)
        initialOffset = offsets.first ?? 0
        transitions = zip(times, kinds).map { (time: $0, offset: offsets[$1]) }
    }
}

private struct BigEndianReader {
    private let bytes: [UInt8]
    private var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var remaining: Int { bytes.count - position }

    mutating func skip(_ count: Int) throws(TriggerError) {
        guard count <= remaining else { throw TZifFile.damaged("is shorter than its header says") }
        position += count
    }

    mutating func take(_ expected: [UInt8]) -> Bool {
        guard bytes[position...].starts(with: expected) else { return false }
        position += expected.count
        return true
    }

    mutating func byte() -> UInt8? {
        guard position < bytes.count else { return nil }
        position += 1
        return bytes[position - 1]
    }

    mutating func unsigned() -> Int? { bits(count: 4).map { Int($0) } }
    mutating func signed32() -> Int64? { bits(count: 4).map { Int64(Int32(truncatingIfNeeded: $0)) } }
    mutating func signed64() -> Int64? { bits(count: 8).map { Int64(bitPattern: $0) } }

    /// The bytes up to a line feed, which is taken too.
    mutating func line() -> ArraySlice<UInt8>? {
        guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        defer { position = end + 1 }
        return bytes[position..<end]
    }

    private mutating func bits(count: Int) -> UInt64? {
        guard remaining >= count else { return nil }
        var value: UInt64 = 0
        for byte in bytes[position..<(position + count)] { value = value << 8 | UInt64(byte) }
        position += count
        return value
    }
}
