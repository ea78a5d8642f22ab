import Foundation
import Testing

/// The page on triggers of one's own shows the trigger that these tests compile and run.
@Suite struct DocumentedTriggerTests {
    @Test func pageShowsTheSource() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let source = try String(contentsOf: folder.appending(path: "FullMoon.swift"), encoding: .utf8)
        let root = folder.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "docs/triggers-of-your-own.md"), encoding: .utf8)
        #expect(page.contains("```swift\n\(source)```"))
        #expect(source.split(separator: "\n", omittingEmptySubsequences: false).count <= 25)
    }
}
