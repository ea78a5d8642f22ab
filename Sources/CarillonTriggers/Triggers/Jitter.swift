/// The random delay of an occurrence, which depends on nothing but the job and the scheduled time, so that every node
/// and every restart draws the same.
enum Jitter {
    /// A day, in seconds.
    private static let maximum = 86_400

    /// - Throws: `TriggerError` if a jitter, in microseconds, is negative or longer than a day.
    static func check(_ microseconds: Int64) throws(TriggerError) {
        guard (0...Int64(maximum) * 1_000_000).contains(microseconds) else {
            let isNegative = microseconds < 0
            let seconds = isNegative ? "\(microseconds / 1_000_000)" : "\(DecimalSeconds(microseconds: microseconds))"
            throw TriggerError(
                .invalidValue, field: "jitter", value: seconds, "is not a number of seconds from 0 to \(maximum)")
        }
    }

    /// A delay, uniform from 0 to a limit, both included.
    static func delay(jobID: String, scheduled: Instant, limitMicroseconds limit: Int64) -> Int64 {
        guard limit > 0 else { return 0 }
        // FNV-1a over the id and the time, then the finalizer of SplitMix64 (Steele, Lea and Flood, 2014), since FNV
        // alone leaves the upper bits of neighbouring times alike.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in jobID.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash ^= UInt64(bitPattern: scheduled.microseconds)
        hash = hash &+ 0x9E37_79B9_7F4A_7C15
        hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
        hash ^= hash >> 31
        return Int64(hash.multipliedFullWidth(by: UInt64(limit) + 1).high)
    }
}
