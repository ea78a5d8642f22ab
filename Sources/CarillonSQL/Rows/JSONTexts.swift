internal import CarillonTriggers

/// Lists of texts as JSON, in a column or bound as one value.
package enum JSONTexts {
    /// Returns the texts as JSON, such as `["a","b"]`.
    package static func write(_ texts: some Sequence<String>) -> String {
        var list = "["
        for text in texts {
            if list.utf8.count > 1 { list += "," }
            let isPlain = text.utf8.allSatisfy { 0x20...0x7E ~= $0 && $0 != 0x22 && $0 != 0x5C }
            if isPlain {
                list += "\""
                list += text
                list += "\""
            } else {
                list += JSONValue.string(text).description
            }
        }
        return list + "]"
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
