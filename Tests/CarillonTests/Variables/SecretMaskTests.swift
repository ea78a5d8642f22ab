import Carillon
import CarillonTriggers
import Testing

@Suite("What is masked")
struct SecretMaskTests {
    @Test(
        "Each value is masked, the longest first, and short or common words are not",
        arguments: [
            (["hunter2"], "a hunter2 b hunter2", "a *** b ***"),
            (["hunter2", "hunter2000"], "hunter2000 hunter2", "*** ***"),
            (["abc"], "abc", "abc"),
            (["true"], "true", "true"),
            (["first\nsecond"], "first, second, first\nsecond", "***, ***, ***"),
            (["aaab"], "aaaaab", "aa***"),
            ([""], "x", "x"),
        ]
    )
    func values(secrets: [String], text: String, expected: String) {
        #expect(SecretMask(secrets).masked(text) == expected)
    }

    @Test("A value that comes in parts is masked, wherever it is cut")
    func parts() {
        let mask = SecretMask(["hunter2", "hunter2000"])
        let text = Array("xhunthunter2yhunter2000 hunter".utf8)
        for size in 1...text.count {
            var held: [UInt8] = []
            var result: [UInt8] = []
            for start in stride(from: 0, to: text.count, by: size) {
                result += mask.masked(Array(text[start..<min(start + size, text.count)]), isEnd: false, &held)
            }
            result += mask.masked([], isEnd: true, &held)
            #expect(String(decoding: result, as: UTF8.self) == "xhunt***y*** hunter", "parts of \(size)")
        }
    }

    @Test("Strings of a JSON text are masked, and it stays JSON")
    func json() {
        let mask = SecretMask(["12345", "hunter2"])
        let bytes = mask.masked(json: Array(#"{"a":12345,"b":["x hunter2","12345"]}"#.utf8))
        #expect(String(decoding: bytes, as: UTF8.self) == #"{"a":12345,"b":["x ***","***"]}"#)
    }
}
