internal import CarillonTriggers

/// The counts and checksums of a store's contents, independent of the order in which they are read.
///
/// A checksum is the sum of the hashes of all items of a kind. So a digest grows by exactly what was imported: `after
/// == before + imported`.
public struct TransferDigest: Hashable, Sendable, CustomStringConvertible {
    /// The items of one kind.
    public struct Tally: Hashable, Sendable {
        /// The number of items.
        public private(set) var count = 0
        /// The sum of their hashes, modulo 2^64.
        public private(set) var checksum: UInt64 = 0

        fileprivate mutating func add(_ hash: StableHash) {
            count += 1
            checksum &+= hash.value
        }

        /// The checksum as 16 hexadecimal digits.
        package var checksumText: String { "\(ErrorFingerprint(value: checksum))" }

        /// Both together.
        public static func + (left: Tally, right: Tally) -> Tally {
            var sum = left
            sum.count += right.count
            sum.checksum &+= right.checksum
            return sum
        }
    }

    /// Jobs, with their open runs.
    public private(set) var jobs = Tally()
    /// Ended runs.
    public private(set) var runs = Tally()
    /// Ranges of reasons.
    public private(set) var reasons = Tally()

    /// Creates an empty digest.
    public init() {}

    /// Adds an item.
    public mutating func add(_ item: TransferItem) {
        var hash = StableHash()
        switch item {
        case .job(let snapshot):
            hash.add(snapshot.job)
            for run in snapshot.open.sorted(by: { $0.id.isListed(before: $1.id) }) { hash.add(run) }
            jobs.add(hash)
        case .run(let run, let task):
            hash.add(run)
            hash.add(task?.description)
            runs.add(hash)
        case .reason(let range):
            hash.add(range)
            reasons.add(hash)
        }
    }

    /// Both together.
    public static func + (left: TransferDigest, right: TransferDigest) -> TransferDigest {
        var sum = left
        sum.jobs = left.jobs + right.jobs
        sum.runs = left.runs + right.runs
        sum.reasons = left.reasons + right.reasons
        return sum
    }

    /// The tallies with the names of their kinds.
    package var kinds: [(name: String, tally: Tally)] { [("jobs", jobs), ("runs", runs), ("reasons", reasons)] }

    /// The counts and checksums on one line.
    public var description: String {
        kinds.map { "\($0.tally.count) \($0.name) (\($0.tally.checksumText))" }.joined(separator: ", ")
    }
}

extension StableHash {
    fileprivate mutating func add(_ instant: Instant?) { add(instant?.microseconds) }

    fileprivate mutating func add(_ job: Job) {
        add(job.id.description)
        add(job.generation)
        add(job.definition.jsonWithoutArguments.description)
        add(job.definition.arguments)
        switch job.state {
        case .active: add(UInt8(0))
        case .paused(let since):
            add(UInt8(1))
            add(since)
        case .ended: add(UInt8(2))
        }
        add(job.next?.scheduled)
        add(job.next?.due)
        add(job.added)
        add(job.definitionVersion)
        add(job.stateVersion)
    }

    fileprivate mutating func add(_ run: Run) {
        add(run.id.description)
        switch run.state {
        case .waiting: add("waiting")
        case .ready: add("ready")
        case .running: add("running")
        case .finished(let outcome): add(outcome.rawValue)
        }
        add(run.node?.description)
        add(run.due)
        add(run.available)
        add(run.fence)
        add(Int64(run.recoveries))
        add(run.isCancelRequested ? UInt8(1) : 0)
        add(run.started)
        add(run.finished)
        add(run.task?.description)
        add(run.arguments)
        add(run.error)
        add(run.result)
        add(run.log)
    }

    fileprivate mutating func add(_ range: ReasonRange) {
        add(range.job.description)
        add(range.generation)
        add(range.first)
        add(range.last)
        add(Int64(range.count))
        add(range.reason.rawValue)
        add(range.recorded)
    }
}
