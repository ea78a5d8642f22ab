#if Redis
internal import Carillon
internal import CarillonTriggers

/// The identity of a run as bytes in the order of listings, read backwards: the scheduled time, the generation, the kind, the
/// number and the attempt, most significant byte first, with the sign bit flipped.
struct RunKey: Hashable {
    let bytes: [UInt8]

    static let length = 33

    init(_ id: Run.ID) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.length + 32)
        Self.append(id.occurrence.scheduled.microseconds, to: &bytes)
        Self.append(id.occurrence.generation, to: &bytes)
        bytes.append(Self.code(id.occurrence.kind))
        Self.append(Int64(id.occurrence.number), to: &bytes)
        Self.append(Int64(id.attempt), to: &bytes)
        self.bytes = bytes
    }

    /// The member of an index over many jobs: the key and the job's id.
    static func member(_ id: Run.ID) -> [UInt8] { RunKey(id).bytes + Array(id.occurrence.job.description.utf8) }

    /// Reads the key of a run of a job.
    static func id(_ bytes: ArraySlice<UInt8>, of job: JobID) -> Run.ID? {
        guard bytes.count == length else { return nil }
        let first = bytes.startIndex
        let scheduled = integer(bytes, first)
        let instant = Instant(microseconds: scheduled)
        guard instant.microseconds == scheduled,
            let kind = Occurrence.Kind.allCases.first(where: { code($0) == bytes[first + 16] }),
            case let attempt = integer(bytes, first + 25), attempt >= 1
        else { return nil }
        return Run.ID(
            Occurrence(
                job: job, generation: integer(bytes, first + 8), scheduled: instant, kind: kind,
                number: Int(truncatingIfNeeded: integer(bytes, first + 17))),
            attempt: Int(truncatingIfNeeded: attempt))
    }

    /// Reads a member of an index over many jobs.
    static func id(member: [UInt8]) -> Run.ID? {
        guard member.count > length, let text = String(validating: member[length...], as: UTF8.self),
            let job = try? JobID(exactly: text)
        else { return nil }
        return id(member[..<length], of: job)
    }

    /// The generation in a member.
    static func generation(member: [UInt8]) -> Int64? { member.count > length ? integer(member[...], 8) : nil }

    /// The bytes that keys of runs scheduled at a time begin with.
    static func beginning(_ scheduled: Instant) -> [UInt8] {
        var bytes: [UInt8] = []
        append(scheduled.microseconds, to: &bytes)
        return bytes
    }

    private static func append(_ number: Int64, to bytes: inout [UInt8]) {
        let flipped = UInt64(bitPattern: number) ^ 1 << 63
        for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: flipped >> shift)) }
    }

    private static func integer(_ bytes: ArraySlice<UInt8>, _ first: Int) -> Int64 {
        let flipped = bytes[first..<(first + 8)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Int64(bitPattern: flipped ^ 1 << 63)
    }

    private static func code(_ kind: Occurrence.Kind) -> UInt8 {
        switch kind {
        case .scheduled: 0
        case .manual: 1
        case .backfill: 2
        case .onFailure: 3
        }
    }
}
#endif
