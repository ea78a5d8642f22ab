import CarillonTriggers
import Testing

@Suite struct POSIXTimeZoneTests {
    @Test(arguments: [
        ("UTC0", 0), ("CET-1", 3600), ("EST5", -18_000), ("<+0330>-3:30", 12_600), ("<-03>3", -10_800),
        ("<+0545>-5:45", 20_700), ("LMT-0:53:28", 3208), ("ABCDEF+12", -43_200), ("XXX-24:59:59", 89_999),
        ("<A1B2>0", 0), ("GMT00", 0), ("GMT-00:30", 1800),
    ])
    func fixed(text: String, offset: Int) {
        #expect(POSIXTimeZone(text.utf8) == .fixed(offset: offset))
    }

    @Test(arguments: [
        "", "U", "UT", "UTC", "0", "UTC25", "UTC1:60", "UTC1:00:60", "UTC1:", "UTC--1", "UTC+-1", "<+03-3", "<>0",
        "<+1>0", "UTC0 ", " UTC0", "UTC0\n", "ABC1DEF", "ABC1DEF2", "ABC1DEF,", "ABC1DEF,M3.2.0", "ABC1DEF,M3.2.0,",
        "ABC1DEF,M0.2.0,M11.1.0", "ABC1DEF,M13.2.0,M11.1.0", "ABC1DEF,M3.0.0,M11.1.0", "ABC1DEF,M3.6.0,M11.1.0",
        "ABC1DEF,M3.2.7,M11.1.0", "ABC1DEF,M3.2,M11.1.0", "ABC1DEF,J0,J100", "ABC1DEF,J366,J100", "ABC1DEF,366,100",
        "ABC1DEF,-1,100", "ABC1DEF,M3.2.0/168,M11.1.0", "ABC1DEF,M3.2.0/-168,M11.1.0", "ABC1DEF,M3.2.0,M11.1.0,",
        "ABC1DEF,M3.2.0,M11.1.0 ", "ABC1DEF,M3.2.0/,M11.1.0", "ABC1DEFG99,M3.2.0,M11.1.0", "ABC00001",
        "ABC1DEF,M3.2.0/2:61,M11.1.0", "ÄBC1", "ABC１",
    ])
    func refused(text: String) {
        #expect(POSIXTimeZone(text.utf8) == nil)
    }

    /// When the clock changes in 2024 and 2025, in seconds since 1970.
    @Test(arguments: [
        ("CET-1CEST,M3.5.0,M10.5.0/3", [1_711_846_800, 1_729_990_800, 1_743_296_400, 1_761_440_400]),
        ("EST5EDT,M3.2.0,M11.1.0", [1_710_054_000, 1_730_613_600, 1_741_503_600, 1_762_063_200]),
        // The last Tuesday of March is the 29th to the 31st in neither year, nor the last Saturday of October.
        ("AAA0BBB,M3.5.2/0,M10.5.6/1", [1_711_411_200, 1_729_900_800, 1_742_860_800, 1_761_350_400]),
        // Lord Howe Island: half an hour, and the year begins in daylight time.
        ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", [1_712_415_600, 1_728_142_200, 1_743_865_200, 1_759_591_800]),
        // Greenland: changes on the evening before, written with a negative hour.
        ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", [1_711_846_800, 1_729_990_800, 1_743_296_400, 1_761_440_400]),
        // Day 60 counted with 29 February and without: 1 March 2024 both, 2 March and 1 March 2025.
        ("AAA0BBB,60/0,300/1", [1_709_251_200, 1_729_987_200, 1_740_873_600, 1_761_609_600]),
        ("AAA0BBB,J60/0,J300/1", [1_709_251_200, 1_729_987_200, 1_740_787_200, 1_761_523_200]),
        // 26 o'clock: the second hour of the day after.
        ("AAA-2BBB,M3.4.4/26,M10.5.0", [1_711_670_400, 1_729_983_600, 1_743_120_000, 1_761_433_200]),
    ])
    func changes(text: String, expected: [Int64]) throws {
        guard case .recurring(let rule) = try #require(POSIXTimeZone(text.utf8)) else {
            Issue.record("\(text) is not read as a yearly rule")
            return
        }
        let rules = ZoneRules(initialOffset: rule.standardOffset, transitions: [(0, rule.standardOffset)], rule: rule)
        var starts: [Int64] = []
        var index = rules.index(at: 1_704_067_200)
        while case let segment = rules.segment(index + 1), segment.start < 1_767_225_600 {
            starts.append(segment.start)
            index += 1
        }
        #expect(starts == expected)
    }

    @Test func daylightOffset() {
        func offsets(_ text: String) -> [Int]? {
            guard case .recurring(let rule)? = POSIXTimeZone(text.utf8) else { return nil }
            return [rule.standardOffset, rule.daylightOffset]
        }
        #expect(offsets("EST5EDT,M3.2.0,M11.1.0") == [-18_000, -14_400])
        #expect(offsets("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0") == [37_800, 39_600])
        // Ireland: winter time is behind standard time.
        #expect(offsets("IST-1GMT0,M10.5.0,M3.5.0/1") == [3600, 0])
    }
}
