import CarillonTriggers
import Foundation
import Testing

@Suite struct TZifFileTests {
    private static func offsets(_ file: ZoneFileBuilder, at times: [Int64]) throws -> [Int] {
        let rules = try TZifFile.rules(in: file.bytes)
        return times.map { rules.offset(at: $0) }
    }

    @Test func tableAndFooter() throws {
        var file = ZoneFileBuilder()
        file.offsets = [3208, 3600, 7200]
        file.transitions = [(-1_000_000, 1), (1_000_000, 2), (2_000_000, 1)]
        file.footer = "CET-1CEST,M3.5.0,M10.5.0/3"
        let times: [Int64] = [-1_000_001, -1_000_000, 999_999, 1_000_000, 1_999_999, 2_000_000]
        #expect(try Self.offsets(file, at: times) == [3208, 3600, 3600, 7200, 7200, 3600])
        // 2025-03-30T01:00:00Z, 2025-10-26T01:00:00Z, and in the years 2425 and 9825, full cycles later.
        let cycle: Int64 = 12_622_780_800
        for turn: Int64 in [0, 1, 19] {
            let times = [1_743_296_399, 1_743_296_400, 1_761_440_399, 1_761_440_400].map { $0 + turn * cycle }
            #expect(try Self.offsets(file, at: times) == [3600, 7200, 7200, 3600], "turn \(turn)")
        }
    }

    @Test func lastOffsetHoldsWithoutFooterRule() throws {
        var file = ZoneFileBuilder()
        file.offsets = [0, 3600]
        file.transitions = [(0, 1)]
        for footer in ["", "XXX-1"] {
            file.footer = footer
            #expect(try Self.offsets(file, at: [-1, 0, 4_000_000_000, 200_000_000_000]) == [0, 3600, 3600, 3600])
        }
    }

    @Test func footerHoldsForAllTimeWithoutTransitions() throws {
        var file = ZoneFileBuilder()
        file.offsets = [0]
        file.footer = "<+0330>-3:30"
        #expect(try Self.offsets(file, at: [-60_000_000_000, 0, 4_000_000_000]) == [12_600, 12_600, 12_600])
        file.footer = "EST5EDT,M3.2.0,M11.1.0"
        // Summers and winters of the years 1500, 1970 and 2025.
        let times: [Int64] = [-14_817_600_000, -14_832_000_000, 15_000_000, 0, 1_751_328_000, 1_735_689_600]
        #expect(try Self.offsets(file, at: times) == [-14_400, -18_000, -14_400, -18_000, -14_400, -18_000])
    }

    @Test func fileOfVersion1() throws {
        var file = ZoneFileBuilder()
        file.version = "0"
        file.offsets = [0, 3600]
        file.transitions = [(-2_000_000_000, 1), (1_000_000_000, 0)]
        #expect(
            try Self.offsets(file, at: [-2_000_000_001, -2_000_000_000, 999_999_999, 1_000_000_000])
                == [0, 3600, 3600, 0])
    }

    @Test(arguments: ["2", "3", "4"]) func laterVersions(version: Character) throws {
        var file = ZoneFileBuilder()
        file.version = version
        file.offsets = [-10_800]
        file.footer = "<-03>3"
        #expect(try Self.offsets(file, at: [0]) == [-10_800])
    }

    /// As many kinds of local time as one byte can name.
    @Test func kindsOfLocalTime() throws {
        var file = ZoneFileBuilder()
        file.offsets = (0..<256).map { $0 * 60 }
        file.transitions = [(0, 255)]
        #expect(try Self.offsets(file, at: [-1, 0]) == [0, 15_300])
    }

    /// Daylight time that fills the whole year: a footer without any change.
    @Test func daylightTimeForEver() throws {
        var file = ZoneFileBuilder()
        file.offsets = [0, -14_400]
        file.transitions = [(0, 1)]
        file.footer = "EST5EDT,0/0,J365/25"
        let rules = try TZifFile.rules(in: file.bytes)
        #expect(rules.offset(at: 4_000_000_000) == -14_400)
        #expect(!rules.hasSegment(after: rules.index(at: 4_000_000_000)))
    }

    // MARK: Damaged files

    @Test func damage() {
        func expectDamage(_ what: String, _ words: String..., change: (inout ZoneFileBuilder) -> Void) {
            var file = ZoneFileBuilder()
            file.offsets = [0, 3600]
            file.transitions = [(0, 1), (1000, 0)]
            change(&file)
            expectRefusal(.unreadableZone, of: what, saying: words) { _ = try TZifFile.rules(in: file.bytes) }
        }
        expectDamage("unordered transitions", "do not ascend") { $0.transitions = [(1000, 1), (0, 0)] }
        expectDamage("equal transitions", "do not ascend") { $0.transitions = [(0, 1), (0, 0)] }
        expectDamage("an unknown type", "does not have") { $0.transitions = [(0, 2)] }
        expectDamage("a wild offset", "93600") { $0.offsets = [0, 93_600] }
        expectDamage("a wild offset", "-90000") { $0.offsets = [-90_000, 0] }
        expectDamage("the least of all offsets", "-2147483648") { $0.offsets = [0, Int(Int32.min)] }
        expectDamage("leap seconds", "leap seconds", "right/") { $0.leapSeconds = 2 }
        expectDamage("too many transitions", "shorter") { $0.falseTransitions = 0xFFFF_FFF0 }
        expectDamage("too many transitions", "shorter") { $0.falseTransitions = 1000 }
        expectDamage("no types", "0 kinds") { $0.typeCount = 0 }
        expectDamage("too many types", "257 kinds") { $0.typeCount = 257 }
        expectDamage("no footer", "footer") { $0.footer = nil }
        expectDamage("a malformed footer", "footer") { $0.footer = "CET-1CEST" }
        expectDamage("a malformed footer", "footer") { $0.footer = "nonsense" }
    }

    @Test func notAZoneFile() {
        for bytes in [[], Array("TZi".utf8), Array("TZif".utf8), Array("#!/bin/sh".utf8)] {
            expectRefusal(.unreadableZone, of: "\(bytes)") { _ = try TZifFile.rules(in: bytes) }
        }
        let large = Array("TZif2".utf8) + [UInt8](repeating: 0, count: TZifFile.maximumSize)
        expectRefusal(.unreadableZone, of: "2 MiB", saying: ["1 MiB"]) { _ = try TZifFile.rules(in: large) }
    }

    @Test(arguments: ["Europe/Berlin", "America/New_York", "Africa/Casablanca", "UTC", "Asia/Kolkata"])
    func truncatedAtEachByte(name: String) throws {
        let bytes = try [UInt8](#require(FileManager.default.contents(atPath: "/usr/share/zoneinfo/\(name)")))
        _ = try TZifFile.rules(in: bytes)
        for length in 0..<bytes.count {
            expectRefusal(.unreadableZone, of: "\(name) cut to \(length) bytes") {
                _ = try TZifFile.rules(in: Array(bytes[..<length]))
            }
        }
    }

    /// Whatever a byte is changed to: an error, or rules that answer.
    @Test func everyByteChanged() throws {
        let bytes = try [UInt8](#require(FileManager.default.contents(atPath: "/usr/share/zoneinfo/Africa/Cairo")))
        let trigger = { (rules: ZoneRules) throws -> Trigger in
            try .crontab("30 0 * * *", in: Zone(identifier: "hostile", rules: rules))
        }
        var accepted = 0
        for position in bytes.indices {
            for value in [0, 1, 0x7F, 0x80, 0xFF, bytes[position] ^ 0x10] where value != bytes[position] {
                var changed = bytes
                changed[position] = value
                guard let rules = try? TZifFile.rules(in: changed) else { continue }
                accepted += 1
                let trigger = try trigger(rules)
                for time: Int64 in [-60_000_000_000, 0, 1_700_000_000, 250_000_000_000] {
                    let next = trigger.next(after: Instant(seconds: time))
                    #expect(next ?? .latest > Instant(seconds: time))
                    _ = trigger.previous(before: Instant(seconds: time))
                }
            }
        }
        #expect(accepted > 100)
    }

    // MARK: Hostile files

    /// Transitions far outside the calendar neither overflow nor take for ever.
    @Test(arguments: [
        [Int.min], [Int.max], [Int.min, Int.max], [-1 << 59], [Int.max - 1, Int.max], [Int.min, 0],
        [253_402_300_000], [253_402_400_000], [253_402_390_000, 253_402_500_000], [-62_135_700_000, 253_402_300_000],
    ])
    func transitionsFarOut(times: [Int]) throws {
        var file = ZoneFileBuilder()
        file.offsets = [0, 3600, 7200]
        file.transitions = times.enumerated().map { ($1, 1 + $0 % 2) }
        for footer in ["", "CET-1CEST,M3.5.0,M10.5.0/3", "EST5EDT,0/0,J365/25", "AAA-24BBB-24:59:59,0/-167,365/167"] {
            file.footer = footer
            let rules = try TZifFile.rules(in: file.bytes)
            let trigger = try Trigger.crontab("30 2 * * *", in: Zone(identifier: "hostile", rules: rules))
            for time in [Instant.earliest, Instant(seconds: 0), Instant(seconds: 253_402_300_799), .latest] {
                #expect(abs(rules.offset(at: time.flooredSeconds)) < 100_000)
                #expect(trigger.next(after: time) ?? .latest >= time)
                #expect(trigger.previous(before: time) ?? .earliest <= time)
            }
            #expect(trigger.count(after: Instant(seconds: 0), through: Instant(seconds: 86_400 * 365)) >= 364)
        }
    }

    /// A gap of 50 hours and back again two hours later: what the gap would shift further is not shifted at all.
    @Test(arguments: GapPolicy.allCases, FoldPolicy.allCases)
    func changesInQuickSuccession(gap: GapPolicy, fold: FoldPolicy) throws {
        var file = ZoneFileBuilder()
        file.offsets = [-89_999, 89_999]
        file.transitions = [(0, 0), (1_000_000, 1), (1_007_200, 0), (1_014_400, 1), (1_014_401, 0), (1_500_000, 1)]
        let zone = Zone(identifier: "hostile", rules: try TZifFile.rules(in: file.bytes))
        let trigger = try Trigger.crontab("0,30 0-23 * * *", in: zone, gap: gap, fold: fold)
        let start = Instant(seconds: 900_000)
        let end = Instant(seconds: 1_700_000)
        let times = trigger.fireTimes(after: start).prefix { $0 <= end }
        #expect(times.count > 200)
        #expect(trigger.count(after: start, through: end) == times.count)
        var time = end.advanced(byMicroseconds: 1)
        for expected in times.reversed() {
            let previous = trigger.previous(before: time)
            #expect(previous == expected && trigger.contains(expected))
            time = expected
        }
    }

    /// The rule of the footer begins behind the last transition, however early that is.
    @Test func footerAfterEarlyTransition() throws {
        var file = ZoneFileBuilder()
        file.offsets = [0, 3600]
        file.transitions = [(-1 << 59, 1)]
        file.footer = "CET-1CEST,M3.5.0,M10.5.0/3"
        #expect(try Self.offsets(file, at: [1_743_296_399, 1_743_296_400]) == [3600, 7200])
    }
}
