import Foundation

/// What something took.
struct Cost {
    /// Seconds of the clock on the wall.
    let wall: Double
    /// Seconds of this process's CPU time, which other processes hardly change.
    let cpu: Double

    private static func now() -> (wall: ContinuousClock.Instant, cpu: Double) {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return (.now, Double(time.tv_sec) + Double(time.tv_nsec) / 1e9)
    }

    private init(since start: (wall: ContinuousClock.Instant, cpu: Double)) {
        let end = Self.now()
        wall = (end.wall - start.wall).seconds
        cpu = end.cpu - start.cpu
    }

    init(_ body: () throws -> Void) rethrows {
        let start = Self.now()
        try body()
        self.init(since: start)
    }

    init(_ body: () async throws -> Void) async rethrows {
        let start = Self.now()
        try await body()
        self.init(since: start)
    }
}

/// Seconds on the wall that something took.
func timed(_ body: () async throws -> Void) async rethrows -> Double { try await Cost(body).wall }

/// The middle one.
func median(_ numbers: [Double]) -> Double { numbers.sorted()[numbers.count / 2] }

extension Duration {
    /// As a number of seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

extension Double {
    /// Without a fraction, in groups of three digits.
    var whole: String {
        var groups: [String] = []
        var rest = Int(self.rounded())
        while rest >= 1000 {
            groups.append(String(rest % 1000 + 1000).dropFirst().description)
            rest /= 1000
        }
        return ([String(rest)] + groups.reversed()).joined(separator: ",")
    }

    /// With two digits of a fraction.
    var hundredths: String { "\((self * 100).rounded() / 100)" }

    /// With one digit of a fraction.
    var tenths: String { "\((self * 10).rounded() / 10)" }
}

extension String {
    /// Filled up with blanks.
    func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

    /// Filled up with blanks on the left.
    func leftPadded(_ width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
