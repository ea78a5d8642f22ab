#if Configuration
import CarillonConfiguration
import Testing

@Suite("Scalars by the core schema")
struct NumberTests {
    @Test(
        "A plain scalar becomes the JSON value that it stands for",
        arguments: [
            ("5", "5"), ("+5", "5"), ("-5", "-5"), ("007", "7"), ("0x1F", "31"), ("0o17", "15"), ("1.5", "1.5"),
            ("-1.50", "-1.50"), (".5", "0.5"), ("+.5", "0.5"), ("5.", "5.0"), ("01.5", "1.5"), ("1e3", "1e3"),
            ("12345678901234567890", "12345678901234567890"), ("1_000", #""1_000""#), (".inf", #"".inf""#),
            ("-inf", #""-inf""#), (".nan", #"".nan""#), ("nan", #""nan""#), ("0x", #""0x""#), ("1.2.3", #""1.2.3""#),
            ("--5", #""--5""#), ("2026-01-01", #""2026-01-01""#), ("12:30", #""12:30""#), ("no", #""no""#),
            ("on", #""on""#), ("~", "null"), ("null", "null"), ("Null", "null"), ("True", "true"), ("FALSE", "false"),
            ("tRUE", #""tRUE""#), ("'5'", #""5""#), ("\"\"", #""""#), ("", "null"), ("0x1p4", #""0x1p4""#),
        ]
    )
    func scalars(yaml: String, json: String) throws {
        let text = "jobs:\n- id: a\n  func: t\n  kwargs:\n    x: \(yaml)"
        #expect(arguments(try read(text).jobs.first) == #"{"x":\#(json)}"#)
    }
}
#endif
