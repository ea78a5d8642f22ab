#if Redis
internal import Carillon
internal import CarillonTriggers

/// Fields in one value: numbers in decimal digits, texts and bytes with their length before them, `-` for what is not there,
/// each followed by a blank. So people can read them, and what was damaged is noticed.
struct PackedFields {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ number: Int64) {
        bytes.append(contentsOf: String(number).utf8)
        bytes.append(Self.end)
    }

    mutating func append(_ number: Int64?) {
        if let number { append(number) } else { appendNothing() }
    }

    mutating func append(_ value: [UInt8]?) {
        guard let value else { return appendNothing() }
        head(value.count)
        bytes += value
        bytes.append(Self.end)
    }

    mutating func append(_ text: String?) {
        guard let text else { return appendNothing() }
        head(text.utf8.count)
        bytes.append(contentsOf: text.utf8)
        bytes.append(Self.end)
    }

    /// Appends bytes as they are, which the reader takes for the rest.
    mutating func append(rest: [UInt8]) { bytes += rest }

    private mutating func head(_ count: Int) {
        bytes.append(contentsOf: String(count).utf8)
        bytes.append(Self.colon)
    }

    private mutating func appendNothing() {
        bytes.append(Self.nothing)
        bytes.append(Self.end)
    }

    fileprivate static let end = UInt8(ascii: " ")
    fileprivate static let colon = UInt8(ascii: ":")
    fileprivate static let nothing = UInt8(ascii: "-")
}

/// What cannot be read.
struct UnreadableValue: Error, CustomStringConvertible {
    let description: String
    /// Whether the trigger is of a type that is not registered.
    var lacksTriggerType = false

    init(_ description: String, lacksTriggerType: Bool = false) {
        self.description = description
        self.lacksTriggerType = lacksTriggerType
    }
}

/// Reads packed fields one after the other.
struct PackedReader {
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The greatest version, fence or count: 2^52, more than any store counts up to.
    private static let greatestCount: Int64 = 4_503_599_627_370_496

    private mutating func word(until mark: UInt8, _ name: String) throws(UnreadableValue) -> Int64? {
        if place + 1 < bytes.count, bytes[place] == PackedFields.nothing, bytes[place + 1] == PackedFields.end {
            place += 2
            return nil
        }
        var index = place
        var isNegative = false
        if index < bytes.count, bytes[index] == PackedFields.nothing {
            isNegative = true
            index += 1
        }
        let first = index
        var number: Int64 = 0
        while index < bytes.count, 0x30...0x39 ~= bytes[index] {
            let digit = Int64(bytes[index] - 0x30)
            let (product, isTooGreat) = number.multipliedReportingOverflow(by: 10)
            let (sum, isFull) =
                isNegative
                ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            guard !isTooGreat, !isFull else { throw UnreadableValue("\(name) is too great a number") }
            number = sum
            index += 1
        }
        guard index > first, index < bytes.count, bytes[index] == mark else {
            throw UnreadableValue("\(name) is not as Carillon writes it")
        }
        place = index + 1
        return number
    }

    /// Reads a number or nothing.
    mutating func optionalInteger(_ name: String) throws(UnreadableValue) -> Int64? {
        try word(until: PackedFields.end, name)
    }

    /// Reads a number.
    mutating func integer(_ name: String) throws(UnreadableValue) -> Int64 {
        guard let number = try optionalInteger(name) else { throw UnreadableValue("\(name) is missing") }
        return number
    }

    /// Reads a version, a fence or a count.
    mutating func count(_ name: String, from least: Int64 = 0) throws(UnreadableValue) -> Int64 {
        let number = try integer(name)
        guard number >= least, number <= Self.greatestCount else {
            throw UnreadableValue("\(name) is \(number), not \(least) to \(Self.greatestCount)")
        }
        return number
    }

    /// Reads a time or nothing.
    mutating func optionalInstant(_ name: String) throws(UnreadableValue) -> Instant? {
        guard let number = try optionalInteger(name) else { return nil }
        let instant = Instant(microseconds: number)
        guard instant.microseconds == number else {
            throw UnreadableValue("\(name) is \(number), which is no time from year 1 to 9999")
        }
        return instant
    }

    /// Reads a time.
    mutating func instant(_ name: String) throws(UnreadableValue) -> Instant {
        guard let instant = try optionalInstant(name) else { throw UnreadableValue("\(name) is missing") }
        return instant
    }

    /// Reads bytes or nothing.
    mutating func optionalBytes(_ name: String) throws(UnreadableValue) -> [UInt8]? {
        guard let count = try word(until: PackedFields.colon, name) else { return nil }
        guard count >= 0, count < bytes.count - place, bytes[place + Int(count)] == PackedFields.end else {
            throw UnreadableValue("\(name) is not as long as Carillon has written it")
        }
        defer { place += Int(count) + 1 }
        return Array(bytes[place..<(place + Int(count))])
    }

    /// Reads bytes.
    mutating func bytes(_ name: String) throws(UnreadableValue) -> [UInt8] {
        guard let bytes = try optionalBytes(name) else { throw UnreadableValue("\(name) is missing") }
        return bytes
    }

    /// Reads a text or nothing.
    mutating func optionalText(_ name: String) throws(UnreadableValue) -> String? {
        guard let bytes = try optionalBytes(name) else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw UnreadableValue("\(name) is no text") }
        return text
    }

    /// Reads a text.
    mutating func text(_ name: String) throws(UnreadableValue) -> String {
        guard let text = try optionalText(name) else { throw UnreadableValue("\(name) is missing") }
        return text
    }

    /// Reads a name.
    mutating func name<Name>(
        _ name: String, _ make: (String) throws(CarillonError) -> Name
    ) throws(UnreadableValue) -> Name {
        let text = try text(name)
        do throws(CarillonError) { return try make(text) } catch { throw UnreadableValue("\(name): \(error)") }
    }

    /// Returns what was not read.
    func rest() -> [UInt8] { Array(bytes[place...]) }

    /// Whether everything was read.
    var isAtEnd: Bool { place == bytes.count }
}
#endif
