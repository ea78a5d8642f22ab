/// A length of time that is not negative, as JSON has it: a number of seconds, with up to six digits behind the point.
struct DecimalSeconds: Hashable, Sendable {
    /// Whole seconds.
    let seconds: Int
    /// 0 to 999,999.
    let microseconds: Int

    static let zero = DecimalSeconds(seconds: 0)

    init(seconds: Int, microseconds: Int = 0) {
        self.seconds = seconds
        self.microseconds = microseconds
    }

    /// A length in microseconds that is not negative.
    init(microseconds: Int64) {
        self.init(seconds: Int(microseconds / 1_000_000), microseconds: Int(microseconds % 1_000_000))
    }

    /// Reads digits, a point, and one to six digits; `nil` for anything else, such as an exponent or a sign.
    init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 2, (1...6).contains(parts[1].count),
            parts.allSatisfy({ $0.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }),
            let seconds = Int(String(parts[0]) ?? ""), var fraction = Int(String(parts[1]) ?? "")
        else { return nil }
        for _ in parts[1].count..<6 { fraction *= 10 }
        self.init(seconds: seconds, microseconds: fraction)
    }

    /// The same in microseconds, or as many as there can be.
    var totalMicroseconds: Int64 {
        let (whole, overflow) = Int64(seconds).multipliedReportingOverflow(by: 1_000_000)
        let (total, isTooLong) = whole.addingReportingOverflow(Int64(microseconds))
        return overflow || isTooLong ? (seconds < 0 ? .min : .max) : total
    }

    /// A whole number where there is no fraction.
    var json: JSONValue { microseconds == 0 ? .integer(Int64(seconds)) : .decimal(description) }
}

extension DecimalSeconds: CustomStringConvertible {
    /// `5`, `0.25`.
    var description: String {
        guard microseconds != 0 else { return String(seconds) }
        var fraction = String(microseconds)
        fraction = String(repeating: "0", count: 6 - fraction.count) + fraction
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(seconds).\(fraction)"
    }
}

extension Duration {
    /// The duration in microseconds, rounded to the nearest one and held to what 64 bits can say.
    package var roundedMicroseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let half: Int64 = attoseconds < 0 ? -500_000_000_000 : 500_000_000_000
        let (total, isTooLong) = whole.addingReportingOverflow((attoseconds + half) / 1_000_000_000_000)
        return overflow || isTooLong ? (seconds < 0 ? .min : .max) : total
    }
}
