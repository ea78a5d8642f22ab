import CarillonTriggers
import Testing

@Suite struct NearestTests {
    private static let units = ["weeks", "days", "hours", "minutes", "seconds"]

    /// At most a third of the letters may be wrong, and one in a short word.
    @Test(arguments: [
        ("hour", "hours"), ("hoars", "hours"), ("HOURS", "hours"), ("hhours", "hours"), ("minuts", "minutes"),
        ("minnuts", "minutes"), ("mimuts", "minutes"), ("day", "days"), ("secs", nil), ("months", nil), ("dyz", nil),
        ("dats", "days"), ("", nil), ("x", nil), ("fortnights", nil),
    ])
    func suggestion(word: String, expected: String?) {
        #expect(nearest(to: word, among: Self.units) == expected)
    }

    @Test func nearestOfSeveral() {
        #expect(nearest(to: "minute", among: ["minimum", "minuet", "minutes", "mute"]) == "minutes")
        #expect(nearest(to: "minute", among: ["minutes", "minute"]) == "minute")
    }
}
