/// What this version of Carillon knows of zones whose rules have changed lately, for machines whose data is older.
///
/// Found by comparing the offsets of each zone, day by day from April 2025 to 2029, in release 2025b with those in the
/// release named here. Releases that come later are not known.
package enum ZoneNews {
    /// The release that the zones were compared with.
    package static let release = "2026f"

    /// Zones that have other offsets by that release, and the first day, in UTC, on which they do.
    private static let changes: [String: String] = [
        "Africa/Casablanca": "2026-09-20", "Africa/El_Aaiun": "2026-09-20", "America/Edmonton": "2026-11-01",
        "America/Havana": "2026-11-01", "America/Inuvik": "2026-11-01", "America/Rainy_River": "2026-11-01",
        "America/Vancouver": "2026-11-01", "America/Winnipeg": "2026-11-01", "America/Yellowknife": "2026-11-01",
        "Canada/Central": "2026-11-01", "Canada/Mountain": "2026-11-01", "Canada/Pacific": "2026-11-01",
        "Cuba": "2026-11-01", "Europe/Chisinau": "2025-10-26", "Europe/Tiraspol": "2025-10-26",
    ]

    /// The first day on which a zone has other offsets than the data of a release says; `nil` where none is known.
    package static func changed(_ zone: Zone, since release: String) -> String? {
        release < Self.release ? changes[zone.identifier] : nil
    }
}
