import CarillonTriggers
import Foundation
import Testing

/// Zone files are replaced while a process runs.
@Suite struct ZoneRefreshTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "carillon-zones-\(UUID())").path

    private func write(_ offset: Int, to name: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var file = ZoneFileBuilder()
        file.offsets = [offset]
        // As packages do: another file takes the name.
        try Data(file.bytes).write(to: URL(filePath: "\(folder)/\(name)"), options: .atomic)
    }

    @Test("Zones and triggers of every kind follow the new rules, and equal those of before")
    func follows() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try write(3600, to: "Here")
        let database = ZoneDatabase(folder: folder)
        let zone = try database.zone(named: "Here")
        let start = Instant(seconds: 1_800_000_000)
        let cron = try Trigger.crontab("0 12 * * *", in: zone)
        let triggers: [Trigger] = [
            cron, try .cron(hour: "12", in: zone),
            try .calendarInterval(days: 1, hour: 12, in: zone).anchored(at: start),
            .any(of: cron), .all(of: cron),
        ]
        #expect(database.refresh() == [], "nothing has changed")
        #expect(triggers.allSatisfy { $0.isCurrent })
        try write(7200, to: "Here")
        #expect(database.refresh() == ["Here"])
        #expect(database.refresh() == [], "once")
        #expect(try database.zone(named: "Here").offset(at: start) == 7200)
        #expect(zone.offset(at: start) == 3600, "a value does not change")
        #expect(zone.current.offset(at: start) == 7200)
        for trigger in triggers {
            #expect(!trigger.isCurrent)
            let renewed = trigger.current
            #expect(renewed.isCurrent && renewed == trigger)
            let (old, new) = (try #require(trigger.next(after: start)), try #require(renewed.next(after: start)))
            #expect((old.microseconds - new.microseconds) / 1_000_000 == 3600, "\(trigger)")
        }
        // Once more, from the rules in between and from the first ones.
        try write(10_800, to: "Here")
        database.refresh()
        #expect(cron.current.zones.first?.offset(at: start) == 10_800)
    }

    @Test("A file that is gone, damaged or the same changes nothing")
    func unchanged() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for name in ["Gone", "Damaged", "Same"] { try write(3600, to: name) }
        let database = ZoneDatabase(folder: folder)
        for name in ["Gone", "Damaged", "Same"] { _ = try database.zone(named: name) }
        try FileManager.default.removeItem(atPath: "\(folder)/Gone")
        try Data("TZif2 and no more".utf8).write(to: URL(filePath: "\(folder)/Damaged"))
        try write(3600, to: "Same")
        #expect(database.refresh() == [])
        for name in ["Gone", "Damaged", "Same"] {
            #expect(try database.zone(named: name).offset(at: Instant(seconds: 0)) == 3600)
        }
        // It was about to be written.
        try write(7200, to: "Damaged")
        #expect(database.refresh() == ["Damaged"])
    }

    @Test(
        "The release is told where the folder has it",
        arguments: [
            ("tzdata.zi", "# version 2025b\n# This zic input file\n", "2025b"), ("+VERSION", "2026a\n", "2026a"),
            ("tzdata.zi", "# redo posix_only\n", nil), ("tzdata.zi", "# version unknown\n", nil),
            ("README", "2025b\n", nil),
        ] as [(String, String, String?)])
    func version(file: String, text: String, release: String?) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try text.write(toFile: "\(folder)/\(file)", atomically: true, encoding: .utf8)
        let database = ZoneDatabase(folder: folder)
        #expect(database.version == release)
        let year = release.map { Int64(CivilDate.daysSince1970(year: (Int($0.prefix(4)) ?? 0) + 1, month: 1, day: 1)) }
        #expect((database.latestRelease ?? .max) <= year.map { $0 * 86_400 } ?? .max)
    }
}
