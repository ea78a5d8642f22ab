import CarillonTriggers
import Foundation
import Testing

@Suite struct ZoneDatabaseTests {
    @Test func zonesOfTheSystem() throws {
        for name in ["Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+12", "US/Eastern", "GMT0", "EST5EDT"] {
            #expect(try Zone(name).identifier == name)
        }
        #expect(try Zone("Etc/GMT+5").offset(at: Instant(seconds: 0)) == -18_000)
        let names = ZoneDatabase.system.zoneNames()
        #expect(names == names.sorted())
        #expect(names.contains("Europe/Berlin") && names.contains("Pacific/Apia"))
        #expect(!names.contains { $0.hasPrefix("right/") || $0.hasPrefix("posix/") || $0.hasSuffix(".tab") })
    }

    /// Nothing but a plain name of the database gets to a file.
    @Test(arguments: [
        "", " ", ".", "..", "/", "Europe", "Europe/", "/Europe/Berlin", "Europe//Berlin", "Europe/./Berlin",
        "Europe/../Europe/Berlin", "../zoneinfo/Europe/Berlin", "../../../etc/passwd", "/etc/localtime",
        "/usr/share/zoneinfo/UTC", "Europe/Berlin ", " Europe/Berlin", "Europe/Berlin\n", "Europe/Berlin\u{0}",
        "Europe/Berlin\u{0}.x", "Europe\\Berlin", "Europe/B*", "~", "$HOME", "zone.tab", "zone1970.tab", "tzdata.zi",
        "leapseconds", "iso3166.tab", "europe/berlin", "UTC+1", "UTC+99:99", "+01:00", "Z", "Europe/Ber\u{0301}lin",
        "Middle/Earth", "Europe/.Berlin", "file:///usr/share/zoneinfo/UTC", "ＵＴＣ",
        String(repeating: "a", count: 100_000), String(repeating: "a/", count: 200), "C:\\zoneinfo",
    ])
    func unknown(name: String) {
        expectRefusal(.unknownZone, of: "'\(name.prefix(40))'", saying: ["Europe/Berlin"]) { _ = try Zone(name) }
    }

    @Test(arguments: [
        ("Europe/Brelin", "Europe/Berlin"), ("europe/berlin", "Europe/Berlin"), ("America/NewYork", "America/New_York"),
        ("Asia/Calcuta", "Asia/Calcutta"), ("Europe/Pari", "Europe/Paris"),
        ("Z", "UTC"),
    ])
    func suggestion(name: String, meant: String) {
        expectRefusal(.unknownZone, of: name, saying: ["did you mean '\(meant)'?"]) { _ = try Zone(name) }
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/etc/localtime"), "there is no /etc/localtime"))
    func localIsTheZoneOfTheMachine() throws {
        let data = try #require(FileManager.default.contents(atPath: "/etc/localtime"))
        let rules = try TZifFile.rules(in: [UInt8](data))
        let local = try Zone("local")
        #expect(local.identifier == "local")
        #expect(local.rules.segments == rules.segments)
    }

    @Test func fieldIsNamed() {
        expectRefusal(.unknownZone, of: "a zone", saying: ["timezone: 'Mars'"]) {
            _ = try Zone(named: "Mars", field: "timezone")
        }
    }

    @Test(
        .enabled(
            if: FileManager.default.fileExists(atPath: "/usr/share/zoneinfo/right/Europe/Berlin"),
            "the time zone database has no zones with leap seconds"))
    func leapSecondsAreRefused() throws {
        expectRefusal(.unreadableZone, of: "right/", saying: ["leap seconds"]) { _ = try Zone("right/Europe/Berlin") }
    }

    // MARK: Other folders

    @Test func missingDatabase() throws {
        let database = ZoneDatabase(folder: "/nowhere/zoneinfo")
        expectRefusal(
            .missingZoneDatabase, of: "a zone", saying: ["Europe/Berlin", "/nowhere/zoneinfo", "tzdata", "TZDIR"]
        ) {
            _ = try database.zone(named: "Europe/Berlin")
        }
        #expect(database.zoneNames().isEmpty)
    }

    @Test func utcNeedsNoDatabase() throws {
        #expect(try Zone("UTC") == .utc)
        #expect(Zone.utc.offset(at: .latest) == 0)
        #expect(Zone.utc.rules.segments.count == 1)
    }

    @Test func ownFolder() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "carillon-zones-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(
            at: folder.appending(path: "Our"), withIntermediateDirectories: true)
        var file = ZoneFileBuilder()
        file.offsets = [1234]
        try Data(file.bytes).write(to: folder.appending(path: "Our/Place"))
        try Data(file.bytes.dropLast()).write(to: folder.appending(path: "Damaged"))
        try Data("not a zone".utf8).write(to: folder.appending(path: "Notes"))
        let database = ZoneDatabase(folder: folder.path(percentEncoded: false))

        #expect(try database.zone(named: "Our/Place").offset(at: Instant(seconds: 0)) == 1234)
        expectRefusal(.unknownZone, of: "a folder") { _ = try database.zone(named: "Our") }
        expectRefusal(.unknownZone, of: "a file of notes") { _ = try database.zone(named: "Notes") }
        expectRefusal(.unknownZone, of: "a zone of another database") { _ = try database.zone(named: "Europe/Berlin") }
        expectRefusal(.unreadableZone, of: "a damaged file", saying: ["Damaged", "footer"]) {
            _ = try database.zone(named: "Damaged")
        }
        #expect(database.zoneNames() == ["Damaged", "Our/Place"])
    }

    @Test func emptyFolderNameMeansTheUsualOne() throws {
        #expect(try ZoneDatabase(folder: "").zone(named: "Europe/Berlin").identifier == "Europe/Berlin")
    }

    @Test func emptyNameIsToldInWords() {
        expectRefusal(.unknownZone, of: "no name", saying: ["a zone needs a name"]) { _ = try Zone("") }
    }

    /// What `TZ` may say (POSIX, and the names of zones that C libraries understand besides), and the offset it means
    /// on 1 January and 1 July 2026.
    @Test(arguments: [
        ("Asia/Tokyo", 32_400, 32_400), (":Asia/Tokyo", 32_400, 32_400), ("Europe/Berlin", 3600, 7200),
        ("/usr/share/zoneinfo/Asia/Tokyo", 32_400, 32_400), ("", 0, 0), ("UTC", 0, 0), ("UTC0", 0, 0),
        ("EST5", -18_000, -18_000), ("<+0330>-3:30", 12_600, 12_600), ("CET-1CEST,M3.5.0,M10.5.0/3", 3600, 7200),
        ("AEST-10AEDT,M10.1.0,M4.1.0/3", 39_600, 36_000),
    ])
    func localZone(variable: String, january: Int, july: Int) throws {
        let zone = try ZoneDatabase(folder: nil, localZone: variable).zone(named: "local")
        #expect(zone.identifier == "local")
        #expect(zone.offset(at: try instant("2026-01-01T00:00:00Z")) == january)
        #expect(zone.offset(at: try instant("2026-07-01T00:00:00Z")) == july)
    }

    @Test(arguments: ["Mars", ":Mars", "../zoneinfo/Asia/Tokyo", "/etc/passwd", "/", "CET-1CEST", "5"])
    func localZoneThatIsNone(variable: String) {
        expectRefusal(.unknownZone, of: variable, saying: ["'\(variable)'", "TZ"]) {
            _ = try ZoneDatabase(folder: nil, localZone: variable).zone(named: "local")
        }
    }

    @Test func zonesAreCodable() throws {
        let berlin = try Zone("Europe/Berlin")
        let data = try JSONEncoder().encode([berlin])
        #expect(String(decoding: data, as: UTF8.self) == #"["Europe\/Berlin"]"#)
        #expect(try JSONDecoder().decode([Zone].self, from: data) == [berlin])
        #expect(throws: TriggerError.self) { try JSONDecoder().decode([Zone].self, from: Data(#"["Mars"]"#.utf8)) }
    }
}
