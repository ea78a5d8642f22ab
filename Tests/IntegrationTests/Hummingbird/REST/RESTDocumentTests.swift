#if Web
import Carillon
import CarillonTriggers
import Foundation
import HTTPTypes
import Testing

/// The examples of `docs/rest.md` are answered as it says.
@Suite(.timeLimit(.minutes(1))) struct RESTDocumentTests {
    @Test("Each example of the document is answered as it says, in their order")
    func examples() async throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../..")
        let document = try String(contentsOf: root.appending(path: "docs/rest.md"), encoding: .utf8)
        let blocks = document.components(separatedBy: "```http\n").dropFirst().compactMap {
            $0.components(separatedBy: "\n```").first
        }
        #expect(blocks.count >= 18)
        let bench = try await RESTBench()
        for block in blocks {
            let halves = block.components(separatedBy: "\n\n")
            try #require(halves.count == 2, "\(block)")
            let (line, body) = Self.divided(halves[0])
            let words = line.split(separator: " ").map(String.init)
            try #require(words.count == 2, "\(line)")
            let method = try #require(HTTPRequest.Method(words[0]))
            let answer = try await bench.send(method, words[1], body)
            let (status, wanted) = Self.divided(halves[1])
            #expect(answer.status == Int(status), "\(line): \(answer.text)")
            if let wanted {
                let wanted = try JSONReader.value(of: Array(wanted.utf8))
                #expect(Self.has(try #require(answer.json), wanted), "\(line): \(answer.text)")
            } else {
                #expect(answer.text.isEmpty)
            }
        }
        await bench.scheduler.shutdown()
    }

    /// The first line, and what follows it.
    private static func divided(_ text: String) -> (String, String?) {
        guard let end = text.firstIndex(of: "\n") else { return (text, nil) }
        return (String(text[..<end]), String(text[text.index(after: end)...]))
    }

    /// Whether a value is the one that is wanted, or an object that has more keys.
    private static func has(_ value: JSONValue, _ wanted: JSONValue) -> Bool {
        switch (value, wanted) {
        case (.object, .object(let members)):
            members.allSatisfy { member in value[member.key].map { has($0, member.value) } ?? false }
        case (.array(let values), .array(let others)):
            values.count == others.count && zip(values, others).allSatisfy { has($0, $1) }
        default: value == wanted
        }
    }
}
#endif
