import CarillonTriggers
import Foundation

/// Zone files, and the rules that come of them.
struct TZifTarget: FuzzTarget {
    static let name = "tzif"

    private static let footers = [
        "", "UTC0", "CET-1CEST,M3.5.0,M10.5.0/3", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "EST5EDT,0/0,J365/25",
        "IST-1GMT0,M10.5.0,M3.5.0/1", "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "AAA24BBB-24,0/-167,365/167",
        "AAA0BBB,M1.1.0,M1.1.0", "AAA-24:59:59BBB24:59:59,J1,J365", "CET-1", "CET-1CEST",
    ]
    private static let words: [[UInt8]] =
        footers.map { Array($0.utf8) } + ["TZif", "TZif2", "\n", "\u{0}"].map { Array($0.utf8) }
    private static let expressions = [
        "30 2 * * *", "*/7 * * * *", "0 0 29 2 *", "0 0-3 * * *", "59 59 23 * * *", "0 12 L * *", "15 */2 * * sun",
    ]

    private let files: [[UInt8]] = [
        "Europe/Berlin", "America/New_York", "Africa/Casablanca", "Pacific/Apia", "Australia/Lord_Howe", "UTC",
        "Asia/Tokyo",
        "America/Sao_Paulo", "Africa/Monrovia", "Asia/Gaza", "America/Nuuk",
    ].compactMap { FileManager.default.contents(atPath: "/usr/share/zoneinfo/\($0)").map { [UInt8]($0) } }

    func input(_ generator: inout SeededGenerator) -> [UInt8] {
        if files.isEmpty || generator.oneIn(2) {
            let file = Self.file(&generator)
            return generator.oneIn(3) ? Mutator.mutate(file, words: Self.words, &generator) : file
        }
        return Mutator.mutate(generator.element(of: files), words: Self.words, &generator)
    }

    func run(_ bytes: [UInt8], _ generator: inout SeededGenerator) throws(Fault) -> Bool {
        let rules: ZoneRules
        do {
            rules = try TZifFile.rules(in: bytes)
        } catch {
            guard error.code == .unreadableZone else { throw Fault("\(error)") }
            return false
        }
        for _ in 0..<8 {
            let time = Int64(generator.number(-70_000_000_000...260_000_000_000))
            let index = rules.index(at: time)
            let segment = rules.segment(index)
            guard index == 0 || segment.start <= time, time < segment.end || !rules.hasSegment(after: index) else {
                throw Fault("\(time) does not lie in its segment \(index), \(segment)")
            }
            guard abs(segment.offset) < 100_000 else { throw Fault("offset \(segment.offset)") }
            _ = rules.firstInstant(atOrAfterWall: time)
        }
        let zone = Zone(identifier: "fuzz", rules: rules)
        for _ in 0..<2 {
            let trigger: Trigger
            do {
                trigger = try Trigger.crontab(
                    generator.element(of: Self.expressions),
                    in: zone,
                    gap: generator.element(of: GapPolicy.allCases),
                    fold: generator.element(of: FoldPolicy.allCases)
                )
            } catch {
                throw Fault("\(error)")
            }
            try TriggerCheck.run(trigger, &generator)
            let start = Instant(seconds: Int64(generator.number(-3_000_000_000...5_000_000_000)))
            let end = start.advanced(byMicroseconds: Int64(generator.number(0...100_000_000)) * 1_000_000)
            guard trigger.count(after: start, through: end) >= 0 else { throw Fault("a count below zero") }
            _ = zone.nextClockChange(after: start)
        }
        return true
    }

    /// A file from scratch, sound but for its numbers.
    private static func file(_ generator: inout SeededGenerator) -> [UInt8] {
        let isFar = generator.oneIn(3)
        let count = generator.element(of: [0, 0, 1, 2, 5, 20])
        let offsets = (0..<generator.number(1...4)).map { _ in
            generator.oneIn(20)
                ? generator.element(of: [-89_999, 93_599, -90_000, 93_600, Int(Int32.min)])
                : generator.number(-16...16) * generator.element(of: [3600, 1800, 900, 61])
        }
        var times = (0..<count).map { _ in
            isFar
                ? generator.element(of: [Int.min, -1 << 59, -62_135_596_800, 0, 253_402_300_799, 253_402_400_000, .max])
                    &+ generator.number(-100_000...100_000)
                : generator.number(-3_000_000_000...5_000_000_000)
        }
        if generator.oneIn(4), let first = times.first {
            times = times.indices.map { first / 2 + $0 * generator.number(1...200_000) }
        }
        if !generator.oneIn(10) { times.sort() }
        let footer = generator.element(of: Self.footers)
        return block(timeSize: 4, [], [0]) + block(timeSize: 8, times, offsets, &generator)
            + Array("\n\(footer)\n".utf8)
    }

    private static func block(
        timeSize: Int,
        _ times: [Int],
        _ offsets: [Int],
        _ generator: inout SeededGenerator
    ) -> [UInt8] {
        var bytes = header([0, 0, 0, times.count, offsets.count, 4])
        for time in times { bytes += bigEndian(time, timeSize) }
        for _ in times { bytes.append(UInt8(generator.number(0...(offsets.count - 1)))) }
        for offset in offsets { bytes += bigEndian(offset, 4) + [0, 0] }
        return bytes + Array("ABC\0".utf8)
    }

    private static func block(timeSize: Int, _ times: [Int], _ offsets: [Int]) -> [UInt8] {
        var generator = SeededGenerator(seed: 0)
        return block(timeSize: timeSize, times, offsets, &generator)
    }

    private static func header(_ counts: [Int]) -> [UInt8] {
        Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15) + counts.flatMap { bigEndian($0, 4) }
    }

    private static func bigEndian(_ number: Int, _ size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: number >> (8 * (size - 1 - $0))) }
    }
}
