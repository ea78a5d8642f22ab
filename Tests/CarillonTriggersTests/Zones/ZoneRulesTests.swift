import CarillonTriggers
import Testing

@Suite struct ZoneRulesTests {
    /// Segments join without a seam, and every time lies in the segment of its index.
    @Test(arguments: [
        "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "Asia/Tokyo",
        "America/Sao_Paulo", "Asia/Gaza", "America/Scoresbysund", "UTC",
    ])
    func segmentsFollowEachOther(name: String) throws {
        let rules = try Zone(name).rules
        var index = 0
        var segment = rules.segment(0)
        while rules.hasSegment(after: index), segment.start < 60_000_000_000 {
            let next = rules.segment(index + 1)
            #expect(next.start == segment.end && next.start < next.end)
            #expect(next.offset != segment.offset)
            #expect(next.reachedWall >= segment.wallEnd)
            #expect(rules.index(at: next.start) == index + 1)
            #expect(rules.index(at: next.start - 1) == index)
            #expect(rules.index(at: next.end - 1) == index + 1)
            segment = next
            index += 1
        }
    }

    @Test func fixedOffset() {
        let rules = ZoneRules(fixedOffset: -3600)
        #expect(rules.index(at: .max / 2) == 0)
        #expect(!rules.hasSegment(after: 0))
        #expect(rules.offset(at: -100_000_000_000) == -3600)
        #expect(rules.firstInstant(atOrAfterWall: 0) == 3600)
    }

    /// Wall times of gaps and folds, by way of Lord Howe Island's half hours and Samoa's missing day.
    @Test(arguments: [
        ("Australia/Lord_Howe", "2025-10-05T02:00:00", "2025-10-05T02:30:00+11:00"),
        ("Australia/Lord_Howe", "2025-10-05T02:29:59", "2025-10-05T02:30:00+11:00"),
        ("Australia/Lord_Howe", "2025-10-05T02:30:00", "2025-10-05T02:30:00+11:00"),
        ("Australia/Lord_Howe", "2025-10-05T01:59:59", "2025-10-05T01:59:59+10:30"),
        ("Australia/Lord_Howe", "2025-04-06T01:30:00", "2025-04-06T01:30:00+11:00"),
        ("Australia/Lord_Howe", "2025-04-06T01:59:59", "2025-04-06T01:59:59+11:00"),
        ("Australia/Lord_Howe", "2025-04-06T02:00:00", "2025-04-06T02:00:00+10:30"),
        ("Pacific/Apia", "2011-12-29T23:59:59", "2011-12-29T23:59:59-10:00"),
        ("Pacific/Apia", "2011-12-30T00:00:00", "2011-12-31T00:00:00+14:00"),
        ("Pacific/Apia", "2012-04-01T03:30:00", "2012-04-01T03:30:00+14:00"),
        ("Pacific/Apia", "2012-04-01T04:00:00", "2012-04-01T04:00:00+13:00"),
        ("Pacific/Kwajalein", "1993-08-21T12:00:00", "1993-08-22T00:00:00+12:00"),
        ("Africa/Monrovia", "1972-01-07T00:20:00", "1972-01-07T00:44:30+00:00"),
    ])
    func firstInstantOfAWallTime(zone: String, wall: String, expected: String) throws {
        let zone = try Zone(zone)
        let moment = try #require(Moment(wall))
        let first = zone.rules.firstInstant(atOrAfterWall: moment.wall)
        #expect(Instant(seconds: first).formatted(in: zone) == expected)
    }

    /// Offsets of up to 26 hours are allowed (RFC 8536, section 3.2).
    @Test func offsetOfMoreThanADay() {
        let rules = ZoneRules(initialOffset: 93_599, transitions: [(1_000_000, 90_000)], rule: nil)
        #expect(rules.firstInstant(atOrAfterWall: 1_093_000) == 999_401)
        #expect(rules.firstInstant(atOrAfterWall: 1_093_599) == 1_003_599)
    }

    /// Hours of a rule may lead into the year before or after: the first such change behind the last transition
    /// counts, and so does the last one of the 400 years after which the rule repeats itself.
    @Test func changesAcrossNewYear() throws {
        func rules(_ text: String) throws -> ZoneRules {
            guard case .recurring(let rule) = try #require(POSIXTimeZone(text.utf8)) else {
                return ZoneRules(fixedOffset: 0)
            }
            // 2020-01-01T00:00:00Z.
            return ZoneRules(initialOffset: 0, transitions: [(1_577_836_800, 3600)], rule: rule)
        }
        let cycle: Int64 = 12_622_780_800
        // Daylight time ends on 2 January at midnight.
        let late = try rules("AAA0BBB,J180/0,J365/48")
        // It begins on 31 December at 14:00.
        let early = try rules("AAA0BBB,0/-10,J180/0")
        for turn: Int64 in [0, 1, 2, 19] {
            let lateEnd = 1_577_919_600 + turn * cycle
            #expect([lateEnd - 1, lateEnd].map { late.offset(at: $0) } == [3600, 0], "turn \(turn)")
            let earlyBeginning = 1_640_959_200 + turn * cycle
            #expect([earlyBeginning - 1, earlyBeginning].map { early.offset(at: $0) } == [0, 3600], "turn \(turn)")
        }
    }
}
