package import Carillon

extension JobSnapshot {
    /// The snapshot as it is exported: the floor of fences is the storage's own.
    package var exported: JobSnapshot {
        var snapshot = self
        snapshot.fenceFloor = 0
        return snapshot
    }
}

/// Bytes as hexadecimal digits.
package enum Hexadecimal {
    private static let digits = Array("0123456789abcdef".utf8)

    package static func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// The bytes; `nil` if the text is not of pairs of digits.
    package static func bytes(_ text: String) -> [UInt8]? {
        let digits = text.utf8.compactMap { UInt8(String(UnicodeScalar($0)), radix: 16) }
        guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}

/// A place among the reasons of an export: how many of a job are behind it, and the bytes of the job's id.
package struct ReasonPlace: CustomStringConvertible {
    package let count: Int
    package let job: [UInt8]

    package init(count: Int, job: [UInt8]) { (self.count, self.job) = (count, job) }

    /// Reads a place; `nil` if the text is none.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let count = Int(parts[0]), count >= 0 else { return nil }
        self.init(count: count, job: Array(parts[1].utf8))
    }

    /// The place as a text.
    package var description: String { "\(count):\(String(decoding: job, as: UTF8.self))" }
}
