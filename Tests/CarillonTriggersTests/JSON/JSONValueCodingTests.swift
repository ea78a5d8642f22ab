import CarillonTriggers
import Foundation
import Testing

@Suite struct JSONValueCodingTests {
    /// Through an encoder and back, every kind of value stays what it is.
    @Test(
        arguments: [
            (.null, "null"), (.bool(true), "true"), (.integer(1), "1"), (.integer(.min), "-9223372036854775808"),
            (.decimal("3.5"), "3.5"), (.string("x"), #""x""#), (.array([.integer(0), .bool(false)]), "[0,false]"),
            (.object([JSONValue.Member("a", .object([]))]), #"{"a":{}}"#),
        ] as [(JSONValue, String)])
    func thereAndBack(value: JSONValue, text: String) throws {
        let data = try JSONEncoder().encode(["v": value])
        #expect(String(decoding: data, as: UTF8.self) == #"{"v":\#(text)}"#)
        #expect(try JSONDecoder().decode([String: JSONValue].self, from: data) == ["v": value])
    }
}
