/// How commands tell of ended runs and reasons that cannot be read.
enum UnreadableHistory {
    /// `1 row` or `3 rows`.
    static func words(_ count: Int) -> String { count == 1 ? "1 row" : "\(count) rows" }
}
