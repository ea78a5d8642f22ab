import CarillonTriggers
import Testing

@Suite struct ClockChangeTests {
    @Test(arguments: [
        ("Europe/Berlin", "2025-03-30T00:59:59.999999Z", "2025-03-30T01:00:00Z", 3600, 7200),
        ("Europe/Berlin", "2025-03-30T01:00:00Z", "2025-10-26T01:00:00Z", 7200, 3600),
        ("Pacific/Apia", "2011-12-01T00:00:00Z", "2011-12-30T10:00:00Z", -36_000, 50_400),
        ("Australia/Lord_Howe", "2025-01-01T00:00:00Z", "2025-04-05T15:00:00Z", 39_600, 37_800),
    ])
    func nextClockChange(zone: String, after: String, instant expected: String, before: Int, behind: Int) throws {
        let change = try #require(try Zone(zone).nextClockChange(after: instant(after)))
        #expect(change.instant == (try instant(expected)))
        #expect(change.offsetBefore == before)
        #expect(change.offsetAfter == behind)
    }

    @Test func noneLeft() throws {
        #expect(Zone.utc.nextClockChange(after: .earliest) == nil)
        #expect(try Zone("Asia/Tokyo").nextClockChange(after: instant("1951-09-08T15:00:00Z")) == nil)
    }
}
