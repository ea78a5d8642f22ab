import CMeasurement

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What one operation costs, from several runs of many calls each.
struct Measurement {
    /// Nanoseconds of this thread's CPU time a call, one number a run, in ascending order.
    let runs: [Double]
    /// Memory requests a call, in the run with the most of them; nothing where they cannot be counted.
    let allocations: Double?

    var median: Double { runs[runs.count / 2] }
    var minimum: Double { runs[0] }
    var maximum: Double { runs[runs.count - 1] }
    /// The slowest run as a multiple of the fastest.
    var spread: Double { maximum / minimum }

    /// Times `batch`, which makes `calls` calls; once beforehand without being counted.
    init(runs: Int, calls: Int, _ batch: () -> Void) {
        batch()
        var nanoseconds: [Double] = []
        var mostAllocations = 0
        for _ in 0..<max(runs, 1) {
            let allocationsBefore = allocation_count()
            let before = Self.threadNanoseconds()
            batch()
            let after = Self.threadNanoseconds()
            mostAllocations = max(mostAllocations, allocation_count() - allocationsBefore)
            nanoseconds.append(Double(after - before) / Double(calls))
        }
        self.runs = nanoseconds.sorted()
        allocations = allocation_count() < 0 ? nil : Double(mostAllocations) / Double(calls)
    }

    /// The runs of several measurements of the same thing.
    init(pooling measurements: [Measurement]) {
        runs = measurements.flatMap(\.runs).sorted()
        allocations = nil
    }

    private static func threadNanoseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}

/// Numbers that are the same in every run (SplitMix64; Steele, Lea and Flood, 2014).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
