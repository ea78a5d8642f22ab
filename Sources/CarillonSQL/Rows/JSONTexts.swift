internal import CarillonTriggers

/// Lists of texts as JSON, in a column or bound as one value.
package enum JSONTexts {
    /// `["a","b"]`.
    package static func write(_ texts: some Sequence<String>) -> String {
        JSONValue.array(texts.map { .string($0) }).description
    }

    static func read(_ bytes: [UInt8], _ column: String) throws(UnreadableRow) -> [String] {
        let value = try JobRow.reading(column) { () throws(TriggerError) in try JSONReader.value(of: bytes) }
        guard case .array(let elements) = value else { throw UnreadableRow("\(column) is not a list") }
        var texts: [String] = []
        for element in elements {
            guard case .string(let text) = element else { throw UnreadableRow("\(column) holds more than texts") }
            texts.append(text)
        }
        return texts
    }
}
