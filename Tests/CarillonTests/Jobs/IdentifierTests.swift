import Carillon
import Testing

/// What a job, a task and a node may be called.
@Suite struct IdentifierTests {
    @Test(
        "1 to 200 bytes without control characters",
        arguments: [
            "a", "backup", "module:function.name", " ", "with blank", "späte", "日本語", "👩‍👩‍👧", "\u{A0}", "\u{2028}", "~",
            String(repeating: "x", count: 200), String(repeating: "ä", count: 100),
        ])
    func valid(_ text: String) throws {
        let id = try JobID(text)
        #expect(id.description.utf8.elementsEqual(text.utf8))
        #expect(try TaskName(text).description == text)
        #expect(try NodeID(text).description == text)
    }

    @Test(arguments: [
        ("", "1 to 200 bytes"), (String(repeating: "x", count: 201), "201"),
        (String(repeating: "ä", count: 101), "202"),
        ("a\u{0}", "control"), ("tab\t", "control"), ("line\n", "control"), ("\u{7F}", "control"),
        ("\u{85}", "control"),
        ("ä\u{9F}", "control"), ("\u{1B}[0m", "control"),
    ])
    func invalid(_ text: String, reason: String) throws {
        let error = #expect(throws: CarillonError.self) { try JobID(text) }
        #expect(error?.code == .invalidName)
        #expect(error?.reason.contains(reason) == true)
        #expect(throws: CarillonError.self) { try TaskName(text) }
        #expect(throws: CarillonError.self) { try NodeID(text) }
        #expect(error?.reason.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control } == true)
    }

    @Test(
        "Texts that look the same are the same, in NFC",
        arguments: [
            ("a\u{308}", "ä"), ("\u{212B}", "\u{C5}"), ("\u{1100}\u{1161}", "\u{AC00}"), ("\u{958}", "\u{915}\u{93C}"),
            ("q\u{307}\u{323}", "q\u{323}\u{307}"), ("\u{2126}", "\u{3A9}"), ("\u{FB1D}", "\u{5D9}\u{5B4}"),
        ])
    func composed(_ text: String, composed: String) throws {
        #expect(try JobID(text) == JobID(composed))
        #expect(try JobID(text).description.utf8.elementsEqual(composed.utf8))
        #expect(try JobID(text).hashValue == JobID(composed).hashValue)
    }

    @Test("The length counts in NFC")
    func lengthOfComposed() throws {
        #expect(try JobID(String(repeating: "a\u{308}", count: 100)).description.utf8.count == 200)
        #expect(throws: CarillonError.self) { try JobID(String(repeating: "\u{958}", count: 34)) }
    }

    @Test("Compatible characters are not the same, nor are cases", arguments: [("ﬁ", "fi"), ("A", "a"), ("①", "1")])
    func different(_ left: String, right: String) throws { #expect(try JobID(left) != JobID(right)) }

    @Test("The order is that of the bytes")
    func order() throws {
        let sorted = ["", "A", "B", "Z", "a", "aa", "b", "z", "ä", "ﬁ", "😀"].dropFirst()
        #expect(try sorted.shuffled().map { try JobID($0) }.sorted().map(\.description) == Array(sorted))
        // By UTF-16 units, U+FB01 would come after U+1F600.
        #expect(TaskName("\u{FB01}") < TaskName("\u{1F600}"))
        #expect(try NodeID("a") < NodeID("aa"))
    }
}
