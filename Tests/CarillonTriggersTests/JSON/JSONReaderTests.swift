import CarillonTriggers
import Testing

@Suite struct JSONReaderTests {
    private static func value(_ text: String) throws -> JSONValue { try JSONReader.value(of: Array(text.utf8)) }

    @Test func values() throws {
        #expect(try Self.value("null") == .null)
        #expect(try Self.value(" true ") == .bool(true))
        #expect(try Self.value("\t\r\nfalse") == .bool(false))
        #expect(try Self.value("[]") == .array([]))
        #expect(try Self.value("[ ]") == .array([]))
        #expect(try Self.value("{ }") == .object([]))
        #expect(try Self.value(#"[1,"x",[null]]"#) == .array([.integer(1), .string("x"), .array([.null])]))
        let object = try Self.value(#"{"b": 1 , "a" : {"b": 2}}"#)
        #expect(
            object
                == .object([
                    JSONValue.Member("b", .integer(1)),
                    JSONValue.Member("a", .object([JSONValue.Member("b", .integer(2))])),
                ]))
        #expect(object["a"]?["b"] == .integer(2))
        #expect(object["c"] == nil)
    }

    @Test(
        arguments: [
            ("0", .integer(0)), ("-0", .integer(0)), ("9223372036854775807", .integer(.max)),
            ("-9223372036854775808", .integer(.min)), ("9223372036854775808", .decimal("9223372036854775808")),
            ("1.0", .decimal("1.0")), ("1e2", .decimal("1e2")), ("-1.5E+10", .decimal("-1.5E+10")),
            ("0.0", .decimal("0.0")),
            ("0e0", .decimal("0e0")), ("1E-2", .decimal("1E-2")),
        ] as [(String, JSONValue)])
    func numbers(text: String, expected: JSONValue) throws {
        #expect(try Self.value(text) == expected)
    }

    @Test(arguments: [
        (#""""#, ""), (#""a\"\\\/b""#, #"a"\/b"#), (#""\b\f\n\r\t""#, "\u{8}\u{C}\n\r\t"),
        (#""\u0041\u00e9\u20AC""#, "Aé€"),
        (#""\uD83D\uDE00""#, "😀"), (#""\ud83d\ude00x""#, "😀x"), (#""😀é""#, "😀é"), (#""\u0000""#, "\u{0}"),
        (#""\uFFFF""#, "\u{FFFF}"), ("\"\u{7F}\"", "\u{7F}"), (#""\uDBFF\uDFFF""#, "\u{10FFFF}"),
    ])
    func strings(text: String, expected: String) throws {
        guard case .string(let string) = try Self.value(text) else {
            Issue.record("\(text) is no string")
            return
        }
        #expect(Array(string.unicodeScalars) == Array(expected.unicodeScalars))
    }

    @Test(arguments: [
        "", " ", "{", "}", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{]", "[}", "{,}", #"{"a"}"#, #"{"a":}"#,
        #"{"a":1,}"#, #"{"a" 1}"#, #"{a:1}"#, #"{'a':1}"#, #"{1:1}"#, #"{"a":1 "b":2}"#, #"{"a":1}}"#, "1 2", "[] []",
        "nul", "nulll", "True", "TRUE", "tru", "undefined", "NaN", "Infinity", "-Infinity", "-", "+1", "--1", "01",
        "-01",
        "00", "1.", ".5", "1.e1", "1e", "1e+", "1e1.5", "0x10", "1_000", "1,5", "'a'", "\"", "\"a", #""\""#, #""\x""#,
        #""\u12""#, #""\u12G4""#, #""\u00""#, #""\U0041""#, #""\ud800""#, #""\udc00""#, #""\ud800\ud800""#,
        #""\ud800x""#,
        #""\ud800\n""#, #""\ud800\u0041""#, #""\uDC00\uD800""#, #""\udc00\udc00""#,
        "\"\n\"", "\"\t\"", "\"\u{0}\"", "\u{FEFF}1", "\u{A0}1",
        "// x\n1", "/* x */ 1", "1 // x", "#1", "\u{B}1", "\u{C}1", #"{"a":1;"b":2}"#, "[1;2]", "(1)", "1\u{0}",
    ])
    func refused(text: String) {
        expectRefusal(.malformedJSON, of: text, saying: ["not JSON at column"]) { _ = try Self.value(text) }
    }

    @Test(
        arguments: [
            [0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x22, 0xE2, 0x82, 0x22], [0x22, 0x80, 0x22], [0xED, 0xA0, 0x80],
            [0xFF],
            [0xEF, 0xBB, 0xBF, 0x31], [0x31, 0x00], [0xFE, 0xFF, 0x00, 0x31],
            [0x22, 0xF8, 0x88, 0x80, 0x80, 0x80, 0x22],
            [0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D],
        ] as [[UInt8]])
    func notUTF8(bytes: [UInt8]) {
        expectRefusal(.malformedJSON, of: "\(bytes)") { _ = try JSONReader.value(of: bytes) }
    }

    /// The same key twice, however it is spelt.
    @Test(arguments: [
        #"{"a":1,"a":2}"#, #"{"a":1,"b":2,"a":1}"#, #"{"a":1,"\u0061":2}"#, #"{"expression":1,"expr\u0065ssion":2}"#,
        #"{"":1,"":2}"#, #"[{"x":{"a":1,"a":1}}]"#, #"{"/":1,"\/":2}"#, #"{"😀":1,"\ud83d\ude00":2}"#,
        // Keys that merely look the same.
        "{\"\u{E9}\":1,\"e\u{301}\":2}",
    ])
    func keysThatStandThereTwice(text: String) {
        expectRefusal(.malformedJSON, of: text, saying: ["twice"]) { _ = try Self.value(text) }
    }

    @Test func sameKeyInDifferentObjects() throws {
        _ = try Self.value(#"{"a":{"a":1},"b":[{"a":1},{"a":1}],"A":1}"#)
    }

    @Test func depth() throws {
        func nested(_ levels: Int, _ open: String, _ close: String) -> String {
            String(repeating: open, count: levels) + "1" + String(repeating: close, count: levels)
        }
        _ = try Self.value(nested(64, "[", "]"))
        _ = try Self.value(nested(64, #"{"a":"#, "}"))
        for text in [
            nested(65, "[", "]"), nested(65, #"{"a":"#, "}"), nested(100_000, "[", "]"),
            nested(100_000, #"{"a":"#, "}"),
            String(repeating: "[", count: 1_000_000), String(repeating: #"{"a":["#, count: 300_000),
        ] {
            expectRefusal(.malformedJSON, of: "\(text.count) characters", saying: ["64"]) { _ = try Self.value(text) }
        }
    }

    @Test(arguments: [
        ("[1, x]", 5), ("", 1), (#"{"a" 1}"#, 6), ("[1 2]", 4),
    ])
    func columnOfTheError(text: String, column: Int) {
        expectRefusal(.malformedJSON, of: text, saying: ["column \(column):"]) { _ = try Self.value(text) }
    }

    /// What is written is read as the same again, byte for byte.
    @Test func writtenAndReadAgain() throws {
        let text = #"{"a":[1,-2,3.50,1e5,true,false,null,"\"\\/\u0000\u001f\u007f\u000aé😀"],"":{},"b":[]}"#
        let value = try Self.value(text)
        #expect(value.description == text)
        #expect(try Self.value(value.description) == value)
    }
}
