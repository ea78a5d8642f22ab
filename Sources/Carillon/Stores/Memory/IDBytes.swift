#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension JobID {
    /// Negative where this id's bytes come first, positive where the other's do, 0 where both are the same. The order is
    /// that of `<`, found by comparing memory, since listings compare ids millions of times.
    func comparedBytes(with other: JobID) -> Int { description.comparedBytes(with: other.description) }

    /// Whether a text is part of the id, byte by byte.
    func contains(bytes text: [UInt8]) -> Bool {
        guard let first = text.first else { return true }
        let bytes = description.utf8
        var start = bytes.startIndex
        while let index = bytes[start...].firstIndex(of: first) {
            if bytes[index...].starts(with: text) { return true }
            start = bytes.index(after: index)
        }
        return false
    }
}

extension String {
    /// The same for texts.
    func comparedBytes(with other: String) -> Int {
        let left = utf8
        let right = other.utf8
        let order = left.withContiguousStorageIfAvailable { left in
            right.withContiguousStorageIfAvailable { right in
                guard let leftBase = left.baseAddress, let rightBase = right.baseAddress else {
                    return left.count - right.count
                }
                let order = memcmp(leftBase, rightBase, min(left.count, right.count))
                return order != 0 ? Int(order) : left.count - right.count
            }
        }
        return (order ?? nil) ?? (utf8.elementsEqual(right) ? 0 : utf8.lexicographicallyPrecedes(right) ? -1 : 1)
    }
}
