/// A hash of bytes that is the same in every process, on every machine and in every version, for values that stores
/// keep.
///
/// FNV-1a, then the finalizer of SplitMix64 (Steele, Lea and Flood, 2014), since FNV alone leaves the upper bits of
/// similar texts alike.
package struct StableHash: Sendable {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    /// Creates the hash of no bytes.
    package init() {}

    /// Adds a byte.
    package mutating func add(_ byte: UInt8) { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }

    /// Adds bytes, preceded by their count, so that the boundary between two values matters.
    package mutating func add(_ bytes: some Collection<UInt8>) {
        add(Int64(bytes.count))
        for byte in bytes { add(byte) }
    }

    /// Adds a text as UTF-8.
    package mutating func add(_ text: String) { add(text.utf8) }

    /// Adds a number, its lowest byte first.
    package mutating func add(_ number: Int64) {
        var rest = UInt64(bitPattern: number)
        for _ in 0..<8 {
            add(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    /// Adds an optional text; `nil` differs from an empty one.
    package mutating func add(_ text: String?) {
        add(text == nil ? UInt8(0) : 1)
        if let text { add(text) }
    }

    /// Adds optional bytes.
    package mutating func add(_ bytes: [UInt8]?) {
        add(bytes == nil ? UInt8(0) : 1)
        if let bytes { add(bytes) }
    }

    /// Adds an optional number.
    package mutating func add(_ number: Int64?) {
        add(number == nil ? UInt8(0) : 1)
        if let number { add(number) }
    }

    /// The hash of everything added.
    package var value: UInt64 {
        var hash = state &+ 0x9E37_79B9_7F4A_7C15
        hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
        return hash ^ (hash >> 31)
    }
}
