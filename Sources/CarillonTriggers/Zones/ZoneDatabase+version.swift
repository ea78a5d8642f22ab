/// Which release of the time zone database the folder holds.
extension ZoneDatabase {
    /// The release, such as `2025b`, from the first line of `tzdata.zi` or from `+VERSION`; `nil` where the folder says
    /// nothing, as one's own zone files do. Later releases have greater texts.
    package var version: String? {
        guard let folder else { return nil }
        for name in ["tzdata.zi", "+VERSION"] {
            guard let bytes = try? Self.contents(of: "\(folder)/\(name)") else { continue }
            let line = String(decoding: bytes.prefix(100).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
            let words = line.split(separator: " ").drop { $0 == "#" || $0 == "version" }
            if let word = words.first, Self.isRelease(word) { return String(word) }
        }
        return nil
    }

    /// The latest moment, in seconds since 1970, at which the release can have come out: when its files were written, or
    /// the end of the year that it is named for.
    package var latestRelease: UTCSeconds? {
        guard let folder, let version, let year = Int(version.prefix(4)),
            let stamp = FileStamp(of: "\(folder)/tzdata.zi") ?? FileStamp(of: "\(folder)/+VERSION")
        else { return nil }
        return min(stamp.modified, Int64(CivilDate.daysSince1970(year: year + 1, month: 1, day: 1)) * 86_400)
    }

    /// Four digits and letters.
    private static func isRelease(_ word: Substring) -> Bool {
        let digits = word.prefix { $0.isASCII && $0.isNumber }
        let letters = word.dropFirst(digits.count)
        return digits.count == 4 && letters.allSatisfy { $0.isASCII && $0.isLowercase } && !letters.isEmpty
    }
}
