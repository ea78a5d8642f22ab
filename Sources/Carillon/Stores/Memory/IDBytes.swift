#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

extension JobID {
    /// Returns a negative number if this id's bytes come first, a positive one if the other's do, and 0 if they are
    /// equal. The order is that of `<`, but compares memory, because listings compare ids millions of times.
    func comparedBytes(with other: JobID) -> Int { description.comparedBytes(with: other.description) }

    /// Whether the id contains a text, byte by byte.
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
    /// Returns a negative number if this text's bytes come first, a positive one if the other's do, and 0 if they are
    /// equal.
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
