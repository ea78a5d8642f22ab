import Foundation
import Testing

/// The Swift of `docs/schedulers.md`, as the example `FromPython` has it.
@Suite(.timeLimit(.minutes(2))) struct FromPythonTests {
    /// A piece and what its jobs print, each at least once.
    struct Piece: CustomTestStringConvertible {
        let name: String
        let lines: Set<String>
        var testDescription: String { name }

        init(_ name: String, _ lines: Set<String>) { (self.name, self.lines) = (name, lines) }

        static var all: [Piece] {
            var pieces = [
                Piece("blocking", ["tick"]), Piece("background", ["tick"]), Piece("asyncio", ["fetched"]),
                Piece("gevent", ["tick"]), Piece("executors", ["tick", "counted"]),
                Piece("added", ["counted"]), Piece("shutdown", ["ended"]), Piece("hurried", ["ended"]),
            ]
            #if Lifecycle
            pieces.append(Piece("service", ["tick"]))
            #endif
            #if NIO
            pieces.append(Piece("twisted", ["fetched"]))
            #endif
            #if NIO && Configuration
            pieces.append(
                Piece("configured", ["default", "gevent", "asyncio", "tornado", "twisted", "debug", "counted"]))
            #endif
            #if Web
            pieces += [Piece("tornado", ["fetched"]), Piece("streams", ["tick"])]
            #endif
            #if Web && Configuration
            pieces.append(Piece("flask", ["counted"]))
            #endif
            #if Qt
            pieces.append(Piece("qt", ["tick"]))
            #endif
            return pieces
        }
    }

    @Test("Each piece runs its jobs", arguments: Piece.all)
    func runs(piece: Piece) async throws {
        let program = try RunningProgram("FromPython", piece.name, environment: ["QT_QPA_PLATFORM": "offscreen"])
        defer { program.kill() }
        var output = ""
        while !piece.lines.isSubset(of: Set(output.split(separator: "\n").map(String.init))) {
            output += try #require(await program.text(), "it has printed only \(output)")
        }
        program.kill()
        _ = await program.status()
    }

    @Test("Without a piece it lists them")
    func lists() async throws {
        let program = try RunningProgram("FromPython")
        let names = Piece.all.map(\.name).sorted().joined(separator: ", ")
        #expect(await program.text() == "FromPython one of: \(names)\n")
        #expect(await program.status() == 0)
    }

    @Test("The page shows these very lines, and no other Swift")
    func page() throws {
        let sources = try SwiftSources("examples/FromPython")
        let page = try DocumentationPage("docs/schedulers.md")
        var blocks = page.blocks("swift")
        #expect(blocks.count >= 12)
        let table = try #require(page.text.components(separatedBy: "## Line by line").dropFirst().first)
            .components(separatedBy: "\n## ")[0]
        for row in table.split(separator: "\n").dropFirst(2) {
            let cells = row.components(separatedBy: " | ")
            try #require(cells.count == 2, "\(row)")
            blocks += cells[1].components(separatedBy: "`").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        }
        for block in blocks { #expect(sources.contain(block), "not in examples/FromPython: \(block)") }
    }
}
