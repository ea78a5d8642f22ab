#if Configuration
import Foundation
package import Yams

/// What is wrong with a YAML text, and where; lines and columns count from 1, columns in Unicode scalars.
package struct YAMLProblem: Error, CustomStringConvertible {
    package let line: Int
    package let column: Int
    package let message: String

    package var description: String { "\(line):\(column): \(message)" }

    package init(_ mark: Mark?, _ message: String) {
        line = mark?.line ?? 1
        column = mark?.column ?? 1
        self.message = message
    }

    private init(line: Int, column: Int, _ message: String) {
        self.line = line
        self.column = column
        self.message = message
    }

    /// A problem behind a text.
    init(after text: String, _ message: String) {
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        line = max(1, lines.count)
        column = (lines.last?.count ?? 0) + 1
        self.message = message
    }

    init(_ error: YamlError, in text: String) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
            self.init(problem, at: mark, context, in: text)
        case .composer(let context?, let problem, let mark, _): self.init(mark, "\(context.text), \(problem)")
        case .composer(nil, let problem, let mark, _): self.init(problem, at: mark, nil, in: text)
        case .reader(let problem, let offset, _, _): self.init(after: String(text.prefix(offset ?? 0)), problem)
        case .duplicatedKeysInMapping(let keys, let context):
            if let key = keys.first, let line = Self.line(repeating: key, of: context.mark, in: text) {
                let message = "the key '\(key)' stands in line \(context.mark.line) already"
                self.init(line: line, column: context.mark.column, message)
            } else {
                self.init(context.mark, "the key '\(keys.joined(separator: "', '"))' stands here more than once")
            }
        default: self.init(nil, "the file cannot be read as YAML")
        }
    }

    /// The line in which a key stands for the second time, below its first place and as far to the right; nothing where the
    /// keys stand in one line, or the key is not written as it reads.
    private static func line(repeating key: String, of first: Mark, in text: String) -> Int? {
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated().dropFirst(first.line) {
            let indentation = line.prefix { $0 == " " }.count
            let body = line.dropFirst(indentation)
            if body.isEmpty || body.first == "\r" || body.first == "#" { continue }
            if indentation < first.column - 1 { return nil }
            guard indentation == first.column - 1 else { continue }
            for form in [key, "'\(key)'", "\"\(key)\""] where body.starts(with: form.unicodeScalars) {
                let rest = body.dropFirst(form.unicodeScalars.count).drop { $0 == " " }
                if rest.first == ":" { return index + 1 }
            }
        }
        return nil
    }
}
#endif
