import CarillonTriggers
import Foundation

/// The JSON reader.
struct JSONTarget: FuzzTarget {
    static let name = "json"

    static let words: [[UInt8]] =
        [
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud83d", "\\ude00", "\\u0000", "null", "true", "false",
            "0", "-0",
            "-", "1e5", "1E+", ".5", "9223372036854775808", "\"a\":", "\"\"", " ", "\t", "\n", "\u{0}", "\u{FEFF}", "😀",
            "\u{7F}",
            "[[[[[[[[[[[[[[[[", "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":", "//",
        ].map { Array($0.utf8) } + [
            [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82],
        ]

    func input(_ generator: inout SeededGenerator) -> [UInt8] {
        var bytes: [UInt8] = []
        Self.value(depth: 0, &generator).write(to: &bytes)
        return generator.oneIn(3) ? bytes : Mutator.mutate(bytes, words: Self.words, &generator)
    }

    func run(_ bytes: [UInt8], _ generator: inout SeededGenerator) throws(Fault) -> Bool {
        let value: JSONValue
        do {
            value = try JSONReader.value(of: bytes)
        } catch {
            guard error.code == .malformedJSON else { throw Fault("\(error)") }
            return false
        }
        guard let again = try? JSONReader.value(of: Array(value.description.utf8)), again == value else {
            throw Fault("it is not read as what it was written from: \(value)")
        }
        // What is accepted here, every reader accepts; Foundation refuses numbers that a Double cannot hold.
        if generator.oneIn(8), !bytes.contains(where: { $0 == 0x65 || $0 == 0x45 }), bytes.count < 300 {
            guard (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil else {
                throw Fault("it is accepted and Foundation refuses it")
            }
        }
        if let trigger = try? Trigger(json: value) { try TriggerCheck.checkRoundTrip(trigger) }
        return true
    }

    private static func value(depth: Int, _ generator: inout SeededGenerator) -> JSONValue {
        switch generator.number(0...(depth < 5 ? 9 : 6)) {
        case 0: return .null
        case 1: return .bool(generator.oneIn(2))
        case 2: return .integer(Int64(generator.element(of: [0, 1, -1, .max, .min, generator.number(-1000...1000)])))
        case 3: return .decimal(generator.element(of: ["1.5", "-0.0", "1e300", "12345678901234567890", "0.1E-7"]))
        case 4...6: return .string(text(&generator))
        case 7: return .array((0..<generator.number(0...4)).map { _ in value(depth: depth + 1, &generator) })
        default:
            var members: [JSONValue.Member] = []
            for index in 0..<generator.number(0...4) {
                let key = generator.oneIn(30) ? "k0" : "k\(index)" + (generator.oneIn(3) ? text(&generator) : "")
                members.append(JSONValue.Member(key, value(depth: depth + 1, &generator)))
            }
            return .object(members)
        }
    }

    private static func text(_ generator: inout SeededGenerator) -> String {
        var text = ""
        for _ in 0..<generator.number(0...6) {
            text += generator.element(of: [
                "a", "é", "\"", "\\", "/", "\u{0}", "\n", "😀", "\u{FFFF}", "e\u{301}", "日", "\u{1F}",
            ])
        }
        return text
    }
}
