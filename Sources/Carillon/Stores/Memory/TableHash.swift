import CarillonTriggers

extension JobID {
    /// The key of the memory store's tables, computed in a quarter of the time that `hashValue` takes.
    var tableHash: Int {
        var text = description
        var hash = TableHash()
        text.withUTF8 { hash.combine($0) }
        return hash.value
    }
}

extension Run.ID {
    /// The key of the memory store's tables. The generation stands for the job, because no two jobs of a store share
    /// one.
    var tableHash: Int {
        var hash = TableHash()
        hash.combine(UInt64(bitPattern: occurrence.generation))
        hash.combine(UInt64(bitPattern: occurrence.scheduled.microseconds))
        hash.combine(UInt64(bitPattern: Int64(occurrence.number)) ^ UInt64(bitPattern: Int64(attempt)) << 32)
        return hash.value
    }
}

/// A hash for tables of this process, which an attacker cannot predict.
private struct TableHash {
    /// A random seed for each process.
    private static let seed = UInt64.random(in: 0...(.max))

    private var state = Self.seed

    /// The hash of the combined words.
    var value: Int { Int(truncatingIfNeeded: state) }

    /// Multiplies in full width and folds the halves, so that every bit of a word affects every bit of the hash.
    mutating func combine(_ word: UInt64) {
        let product = (state ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        state = product.high ^ product.low ^ Self.seed
    }

    mutating func combine(_ bytes: UnsafeBufferPointer<UInt8>) {
        combine(UInt64(truncatingIfNeeded: bytes.count))
        var word: UInt64 = 0
        var shift: UInt64 = 0
        for byte in bytes {
            word |= UInt64(byte) << shift
            shift += 8
            if shift == 64 {
                combine(word)
                (word, shift) = (0, 0)
            }
        }
        if shift > 0 { combine(word) }
    }
}
