import Foundation

/// The results of a suite, as JSON.
struct ConformanceFile: Encodable {
    /// How a case ended.
    enum Word: String, Encodable {
        case passed, failed
        case notApplicable = "not applicable"
    }

    struct Case: Encodable {
        let group: String
        let name: String
        let result: Word
        let detail: String
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// What was judged, such as `store`: the key of its name.
    let subject: String
    let name: String
    let cases: [Case]

    func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Key.self)
        try object.encode(name, forKey: Key(stringValue: subject))
        try object.encode(cases, forKey: Key(stringValue: "cases"))
    }

    /// Writes the file, and creates its folder if there is none.
    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let file = URL(fileURLWithPath: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try encoder.encode(self).write(to: file, options: .atomic)
    }
}
