import Foundation

/// The Swift that pages of the documentation show, a file for each page, so that it is compiled.
///
///     CARILLON_DEVELOPMENT=1 swift run --traits Configuration,Web Documentation timelines
///
/// `timelines` prints what `scripts/draw-policies` draws, and `triggers` the triggers of `docs/triggers.md` as JSON, each
/// a line. The tests compare the pages with these files.
@main
struct Documentation {
    static func main() async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        switch CommandLine.arguments.dropFirst().first {
        case "timelines":
            for timeline in try await timelines() { try printLine(timeline, encoder) }
        case "triggers":
            for trigger in try triggersOfPage() { try printLine(trigger, encoder) }
        default: print("Documentation one of: timelines, triggers")
        }
    }

    private static func printLine(_ value: some Encodable, _ encoder: JSONEncoder) throws {
        print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}
