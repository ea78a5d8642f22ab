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

    /// The rules go on for ever; the calendar ends with the year 9999.
    @Test(arguments: [
        ("Europe/Berlin", "9999-10-31T01:00:00Z"), ("America/New_York", "9999-11-07T06:00:00Z"),
        ("Europe/London", "9999-12-31T00:00:00Z"),
    ])
    func endOfTheCalendar(zone: String, after: String) throws {
        let zone = try Zone(zone)
        #expect(try zone.nextClockChange(after: instant(after)) == nil)
        #expect(try zone.nextClockChange(after: instant("9999-10-01T00:00:00Z")) != nil)
        #expect(zone.nextClockChange(after: .latest) == nil)
    }

    @Test func noneLeft() throws {
        #expect(Zone.utc.nextClockChange(after: .earliest) == nil)
        #expect(try Zone("Asia/Tokyo").nextClockChange(after: instant("1951-09-08T15:00:00Z")) == nil)
    }
}
