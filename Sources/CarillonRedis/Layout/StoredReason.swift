#if Redis
internal import Carillon
internal import CarillonTriggers

/// How the reasons of a job are written: a field for those of one generation and reason that end at one time, with first time,
/// count and time of recording of each.
enum StoredReason {
    /// What reasons are found by.
    struct Key: Hashable {
        let generation: Int64
        let reason: ReasonRange.Reason
        let last: Instant

        init(_ range: ReasonRange) {
            self.init(generation: range.generation, reason: range.reason, last: range.last)
        }

        init(generation: Int64, reason: ReasonRange.Reason, last: Instant) {
            self.generation = generation
            self.reason = reason
            self.last = last
        }

        var field: [UInt8] { Array("\(generation) \(reason.rawValue) \(last.microseconds)".utf8) }

        /// Reads a field.
        init(field: [UInt8]) throws(UnreadableValue) {
            let words = String(decoding: field, as: UTF8.self).split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 3, let generation = Int64(words[0]), let number = Int64(words[2]),
                let reason = ReasonRange.Reason(rawValue: String(words[1])),
                case let last = Instant(microseconds: number), last.microseconds == number
            else { throw UnreadableValue("a reason is not as Carillon writes it") }
            self.init(generation: generation, reason: reason, last: last)
        }
    }

    static func value(_ ranges: [ReasonRange]) -> [UInt8] {
        var fields = PackedFields()
        for range in ranges {
            fields.append(range.first.microseconds)
            fields.append(Int64(range.count))
            fields.append(range.recorded.microseconds)
        }
        return fields.bytes
    }

    /// Reads the ranges of a field.
    static func ranges(_ job: JobID, _ key: Key, _ value: [UInt8]) throws(UnreadableValue) -> [ReasonRange] {
        var reader = PackedReader(value)
        var ranges: [ReasonRange] = []
        while !reader.isAtEnd {
            let first = try reader.instant("first time")
            let count = try reader.count("count")
            ranges.append(
                ReasonRange(
                    job: job, generation: key.generation, first: first, last: key.last, count: Int(count),
                    reason: key.reason, recorded: try reader.instant("time of recording")))
        }
        guard !ranges.isEmpty else { throw UnreadableValue("a reason is empty") }
        return ranges
    }
}
#endif
