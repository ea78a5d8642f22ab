import CarillonTriggers
import Testing

@Suite struct NearestTests {
    private static let units = ["weeks", "days", "hours", "minutes", "seconds"]

    /// At most a third of the letters may be wrong, and one in a short word.
    @Test(arguments: [
        ("hour", "hours"), ("hoars", "hours"), ("HOURS", "hours"), ("hhours", "hours"), ("minuts", "minutes"),
        ("minnuts", "minutes"), ("mimuts", "minutes"), ("day", "days"), ("secs", nil), ("months", nil), ("dyz", nil),
        ("dats", "days"), ("", nil), ("x", nil), ("fortnights", nil), ("dasy", "days"), ("huosr", "hours"),
        ("hourss", "hours"), ("hhourss", "hours"), ("mniutes", "minutes"), ("imnutse", "minutes"), ("sady", nil),
    ])
    func suggestion(word: String, expected: String?) {
        #expect(nearest(to: word, among: Self.units) == expected)
    }

    @Test(
        "Neighbours that are swapped count as one mistake",
        arguments: [
            ("jbos", "jobs"), ("levle", "level"), ("cornn", "cron"), ("intreval", "interval"), ("tsak", "task"),
            ("idd", "id"), ("di", "id"), ("rul", "url"), ("JOSB", "jobs"),
        ])
    func swaps(word: String, expected: String) {
        let words = ["interval", "date", "jobs", "level", "cron", "crontab", "task", "id", "url", "timezone"]
        #expect(nearest(to: word, among: words) == expected)
    }

    @Test func nearestOfSeveral() {
        #expect(nearest(to: "minute", among: ["minimum", "minuet", "minutes", "mute"]) == "minutes")
        #expect(nearest(to: "minute", among: ["minutes", "minute"]) == "minute")
        #expect(nearest(to: "minute", among: ["minuet", "minutes"]) == "minutes")
    }
}
