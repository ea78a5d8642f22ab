#if Command
import Carillon
import CarillonCommand
import CarillonTriggers
import Testing

@Suite("The output of a run, look by look", .fewAtOnce)
struct RunOutputTests {
    private func run(_ log: String?, written: Int? = nil, fence: Int64 = 1, ended: Bool = false) throws -> Run {
        let id = Run.ID(Occurrence(job: JobID("a"), generation: 1, scheduled: Instant(seconds: 0)))
        var run = Run(
            id: id, state: ended ? .finished(.succeeded) : .running(node: try NodeID("n")), due: Instant(seconds: 0),
            available: Instant(seconds: 0))
        run.fence = fence
        run.log = log.map { Array($0.utf8) }
        if !ended { run.written = written ?? run.log?.count }
        return run
    }

    /// What is new at each look, as text.
    private func texts(_ runs: [Run]) -> [String] {
        var output = RunOutput()
        return runs.map { run in
            guard let part = output.part(of: run) else { return "" }
            let lost = part.lost.map { $0 > 0 ? "<\($0)>" : "" } ?? "<?>"
            return lost + String(decoding: part.bytes, as: UTF8.self)
        }
    }

    @Test("Each look has what came since the one before, and the last one the rest")
    func grows() throws {
        let looks = [
            try run(nil), try run("one\n"), try run("one\n"), try run("one\ntwo"),
            try run("one\ntwo\nend", ended: true),
        ]
        #expect(texts(looks) == ["", "one\n", "", "two", "\nend"])
    }

    @Test("What was written and is not kept any more is counted")
    func lost() throws {
        let looks = [try run("abc"), try run("hij", written: 10), try run("hijklm", written: 13)]
        #expect(texts(looks) == ["abc", "<4>hij", "klm"])
    }

    @Test("A run that is taken anew begins anew")
    func takenAnew() throws {
        let looks = [
            try run("one\n"), try run(nil, fence: 2), try run("o", fence: 2), try run("one\n", fence: 2, ended: true),
        ]
        #expect(texts(looks) == ["one\n", "", "o", "ne\n"])
    }

    @Test("A character is not cut in two, unless nothing comes to complete it")
    func characters() throws {
        var half = try run("a")
        half.log = Array("aé".utf8.dropLast())
        half.written = 2
        var end = half
        end.state = .finished(.failed)
        #expect(texts([half, try run("aéb")]) == ["a", "éb"])
        #expect(texts([half, end]) == ["a", "\u{FFFD}"])
    }

    @Test("Where the log of an ended run was cut, what was read is found in it")
    func cut() throws {
        let lines = (0..<20_000).map { "line \($0)\n" }.joined()
        let all = Array(lines.utf8)
        let limit = Run.payloadLimit
        var running = try run("")
        running.log = Array(all[..<100_000].suffix(limit))
        running.written = 100_000
        var ended = running
        ended.state = .finished(.succeeded)
        ended.log = Array(all[..<130_000].suffix(limit))
        var output = RunOutput()
        #expect(output.part(of: running)?.lost == 100_000 - limit)
        #expect(output.part(of: ended)?.bytes == Array(all[100_000..<130_000]))
    }

    @Test("How much is missing before the log of an ended run is not known where nothing of it was read")
    func unknown() throws {
        let full = String(repeating: "x", count: Run.payloadLimit)
        #expect(texts([try run(full, ended: true)]) == ["<?>" + full])
        #expect(texts([try run("a"), try run(full, ended: true)]) == ["a", "<?>" + full])
        #expect(texts([try run("short\n", ended: true)]) == ["short\n"])
    }

    @Test("A terminal's cursor is at the beginning of a line at the end")
    func terminal() {
        func shown(_ parts: [String]) -> String {
            var text = TerminalText()
            let bytes = parts.flatMap { text.bytes(of: Array($0.utf8)) } + text.end
            return String(decoding: bytes, as: UTF8.self)
        }
        #expect(shown(["a\n", "b\u{1B}"]) == "a\nb\\u{1B}\n")
        #expect(shown(["a", "b\n"]) == "ab\n" && shown([]).isEmpty && shown([""]).isEmpty && shown(["\n"]) == "\n")
    }

    @Test(
        "The longest end of one that is the beginning of the other",
        arguments: [
            ("", "", 0), ("abc", "", 0), ("", "abc", 0), ("abc", "abc", 3), ("xxabc", "abcd", 3), ("abab", "ababc", 4),
            ("aaab", "aab", 3), ("abcabcab", "abcabd", 5), ("abc", "bca", 2), ("abc", "xyz", 0), ("aaaa", "aa", 2),
        ]
    )
    func overlap(end: String, beginning: String, count: Int) {
        #expect(RunOutput.overlap(end: Array(end.utf8), beginning: Array(beginning.utf8)) == count)
    }
}
#endif
