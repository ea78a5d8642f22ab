import CarillonTriggers
import Testing

@Suite struct TriggerErrorTests {
    /// The path of a field, from the outside in.
    @Test(arguments: [
        ("", "trigger", "trigger"), ("minute", "trigger", "trigger.minute"), ("[1]", "triggers", "triggers[1]"),
        ("[1].minute", "triggers", "triggers[1].minute"), ("triggers[1]", "trigger", "trigger.triggers[1]"),
    ])
    func fieldSeenFromOutside(field: String, outer: String, expected: String) {
        #expect(TriggerError(.invalidValue, field: field, "is wrong").inside(outer).field == expected)
    }

    @Test func valuesAreShortenedTo60Characters() {
        let text = String(repeating: "x", count: 60)
        #expect(TriggerError(.invalidValue, value: text, "is wrong").value == text)
        #expect(TriggerError(.invalidValue, value: text + "x", "is wrong").value == text + "…")
    }
}
