#if Web
/// Fields of cron triggers in APScheduler's short form.
enum CronText {
    /// The keys of such fields.
    static let keys: Set<String> = ["year", "month", "day", "week", "day_of_week", "hour", "minute", "second"]

    /// A field in the form that APScheduler writes: `05` is `5`, `1, 2` is `1,2`, `MON-FRI` is `mon-fri`, `3-3` is `3`.
    static func short(_ field: String) -> String {
        field.lowercased().split(separator: ",", omittingEmptySubsequences: false).map(term).joined(separator: ",")
    }

    private static func term(_ text: Substring) -> String {
        let words = text.split(whereSeparator: \.isWhitespace).map(expression)
        return words.joined(separator: " ")
    }

    /// A value, or a range, with or without a step.
    private static func expression(_ text: Substring) -> String {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let ends = (parts.first ?? text).split(separator: "-", omittingEmptySubsequences: false).map(plain)
        let isOne = ends.count == 2 && ends[0] == ends[1]
        let range = isOne ? ends[0] : ends.joined(separator: "-")
        return parts.count == 2 ? "\(range)/\(plain(parts[1]))" : range
    }

    /// A number without leading zeros; a name stays.
    private static func plain(_ text: Substring) -> String { UInt32(text).map(String.init) ?? String(text) }
}
#endif
