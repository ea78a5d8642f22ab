import CarillonTriggers
import Foundation
import Testing

@Suite struct InstantTests {
    @Test(arguments: [
        (0, 0, 0), (1, 0, 1), (999_999, 0, 1), (1_000_000, 1, 1), (1_000_001, 1, 2), (-1, -1, 0), (-999_999, -1, 0),
        (-1_000_000, -1, -1), (-1_000_001, -2, -1),
    ])
    func secondsOfMicroseconds(microseconds: Int64, floored: Int64, ceiled: Int64) {
        let instant = Instant(microseconds: microseconds)
        #expect(instant.flooredSeconds == floored)
        #expect(instant.ceiledSeconds == ceiled)
    }

    @Test func heldToTheTimeLine() {
        #expect(Instant(microseconds: .min) == .earliest)
        #expect(Instant(microseconds: .max) == .latest)
        #expect(Instant(seconds: .min) == .earliest)
        #expect(Instant(seconds: .max) == .latest)
        #expect(Instant.latest.advanced(byMicroseconds: .max) == .latest)
        #expect(Instant.earliest.advanced(byMicroseconds: .min) == .earliest)
        #expect(Instant.latest.advanced(byMicroseconds: .min) == .earliest)
        #expect(Instant(Date(timeIntervalSince1970: .infinity)) == .latest)
        #expect(Instant(Date(timeIntervalSince1970: -.infinity)) == .earliest)
        #expect(Instant(Date(timeIntervalSince1970: .nan)) == .latest)
        #expect(Instant(Date.distantPast) == .earliest)
    }

    @Test func datesThereAndBack() {
        for microseconds: Int64 in [0, 1, -1, 1_763_800_000_123_456, -62_135_596_800_000_000, 253_402_300_799_000_000] {
            let date = Instant(microseconds: microseconds).date
            #expect(abs(Instant(date).microseconds - microseconds) <= 32, "a Date holds 53 bits")
        }
        #expect(Instant(Date(timeIntervalSince1970: 1.25)).microseconds == 1_250_000)
    }

    @Test(arguments: [
        (1.0000004, 1_000_000), (1.0000006, 1_000_001), (-1.0000004, -1_000_000), (-1.0000006, -1_000_001),
    ])
    func datesAreRoundedToTheNearestMicrosecond(seconds: Double, microseconds: Int64) {
        #expect(Instant(Date(timeIntervalSince1970: seconds)).microseconds == microseconds)
    }

    @Test(arguments: [
        ("2025-03-30T01:00:00Z", "Europe/Berlin", "2025-03-30T03:00:00+02:00"),
        ("2025-03-30T00:59:59.25Z", "Europe/Berlin", "2025-03-30T01:59:59.25+01:00"),
        ("2025-01-01T00:00:00Z", "America/St_Johns", "2024-12-31T20:30:00-03:30"),
        ("1880-01-01T00:00:00Z", "Europe/Berlin", "1880-01-01T00:53:28+00:53:28"),
        ("1960-01-01T00:00:00.000001Z", "Africa/Monrovia", "1959-12-31T23:15:30.000001-00:44:30"),
        ("9999-12-31T23:59:59Z", "UTC", "9999-12-31T23:59:59+00:00"),
        ("9999-12-31T20:00:00Z", "Asia/Kolkata", "10000-01-01T01:30:00+05:30"),
        ("0001-01-01T00:00:00Z", "UTC", "0001-01-01T00:00:00+00:00"),
    ])
    func writtenInAZone(text: String, zone: String, expected: String) throws {
        #expect(try instant(text).formatted(in: Zone(zone)) == expected)
    }
}
