import Foundation
import Testing

/// A page of the documentation, and what stands in its fences.
///
/// Swift that is not compiled here, such as a manifest or what another library has, stands in a fence of tildes.
struct DocumentationPage: CustomTestStringConvertible {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")

    let path: String
    let text: String
    var testDescription: String { path }

    init(_ path: String) throws {
        self.path = path
        text = try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
    }

    /// The blocks of a language, in order.
    func blocks(_ language: String) -> [String] {
        text.components(separatedBy: "```\(language)\n").dropFirst().compactMap {
            $0.components(separatedBy: "\n```").first
        }
    }
}

/// The Swift files of some folders.
struct SwiftSources {
    private let texts: [String]

    init(_ folders: String...) throws {
        texts = try folders.flatMap { folder in
            let folder = DocumentationPage.root.appending(path: folder)
            let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            return try files.filter { $0.pathExtension == "swift" }.map { try String(contentsOf: $0, encoding: .utf8) }
        }
    }

    /// Whether a block stands in a file: its imports at the top, and the rest in a function or a type, or outside of any.
    func contain(_ block: String) -> Bool {
        let lines = block.components(separatedBy: "\n")
        let imports = lines.prefix { $0.hasPrefix("import ") }
        let rest = lines.dropFirst(imports.count).drop { $0.isEmpty }
        let outside = rest.joined(separator: "\n")
        let inside = rest.map { $0.isEmpty ? "" : "    \($0)" }.joined(separator: "\n")
        return texts.contains { text in
            (text.contains("\(inside)\n") || text.contains("\n\(outside)\n"))
                && imports.allSatisfy { text.contains("\($0)\n") }
        }
    }
}
