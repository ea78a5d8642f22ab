#if Configuration
import CarillonConfiguration
import Testing

@Suite("Texts that are no configuration")
struct HostileTextTests {
    @Test(
        "What is no YAML, or no configuration, is told with its place",
        arguments: [
            ("", "1:1: the file is empty"),
            ("# nothing\n", "1:1: the file is empty"),
            ("words", "1:1: a configuration must consist of keys and values"),
            ("- a", "1:1: a configuration must consist of keys and values"),
            ("jobs: 5", "1:1: jobs: must be a list of jobs, each beginning with '- id: …', not a number"),
            ("jobs: {a: 1}", "1:1: jobs: must be a list of jobs"),
            ("jobs:\n\t- id: a\n", "2:1: a tab cannot indent"),
            ("jobs:\n- id: a\n\tcommand: x\n", "3:1: a tab cannot indent"),
            ("jobs: *nothing\n", "1:7: nothing before this has the anchor '&nothing'; text that begins with '*' needs"),
            ("jobs: [*no-thing]\n", "1:8: nothing before this has the anchor '&no-thing'; "),
            ("jobs: [{id: a, hour: *}]", "1:23: text that begins with '*' or '&' needs quotes"),
            ("jobs:\n- id: a\n  command: %x\n", "3:12: text that begins with '%' needs quotes"),
            ("jobs:\n- id: a\n  command: @x\n", "3:12: text that begins with '@' needs quotes"),
            ("jobs:\n- id: a\n  command: \"x\n- id: b\n", "3:12: the quote that opens here is not closed"),
            ("jobs:\n- id: a\n  command: 'x\n- id: b\n", "3:12: the quote that opens here is not closed"),
            ("jobs:\n- id: a\n  command: 'x\n---\n", "3:12: the quote that opens here is not closed"),
            ("jobs:\n- {id: a,\n  command: x\n- id: b\n", "4:5: ',' or '}' is missing here, in what the '{' in"),
            (
                "jobs:\n- id: a\n  tags: [a, b\n  command: x\n",
                "4:10: ',' or ']' is missing here, in what the '[' in line 3"
            ),
            (
                "jobs:\n- id: a\n  command: echo a: b\n",
                "3:18: no ':' can stand here: text with ': ' in it needs quotes"
            ),
            ("jobs:\n- id: a\n   command: x\n", "3:11: no ':' can stand here: "),
            ("jobs:\n- id: a\n command: x\n", "3:2: a key is expected here, in the column of the keys"),
            (
                "jobs:\n- id: a\n  command: 'x' y\n",
                "3:16: a key is expected here, in the column of the keys that begin in"
            ),
            (
                "jobs:\n- id: a\n  command\n  tags: []\n",
                "4:3: a ':' with a blank behind it is missing after what begins"
            ),
            ("timezone: ?\n", "1:11: text that begins with '?' needs quotes"),
            ("jobs: - id: a\n", "1:7: no '- ' can stand here: a list begins in a line of its own"),
            ("jobs: []\n---\njobs: []\n", "2:1: expected a single document"),
            ("jobs: []\njobs: []\n", "2:1: the key 'jobs' stands in line 1 already"),
            ("'jobs': []\n# jobs: \nlog:\n  jobs: 5\n\"jobs\" : []\n", "5:1: the key 'jobs' stands in line 1"),
            ("jobs:\n- id: a\n  command: |\n    id: b\n  id: b\n", "5:3: the key 'id' stands in line 2 already"),
            ("jobs:\n- id: a\n- id: b\n  command: x\n  command: y\n", "5:3: the key 'command' stands in line 4"),
            ("jobs: [{id: a, id: b}]", "1:9: the key 'id' stands here more than once"),
            ("jobs:\n- {id: a,\n   id: b}\n- id: c\n", "3:4: the key 'id' stands in line 2 already"),
            ("<<: {a: b}\nx: y\n", "1:1: merge keys ('<<') are not understood"),
            ("? [a]\n: 1\n", "1:3: a key must be text"),
            ("timezone: \"\\ud83d\\ude00\"", "1:14: an escape such as \\ud83d\\ude00 cannot stand here"),
        ]
    )
    func texts(text: String, expected: String) {
        let problems = problemLines(text)
        #expect(problems.count == 1 && problems.first?.hasPrefix("f:\(expected)") == true, "\(problems)")
    }

    private func problems(ofBytes bytes: [UInt8]) -> [String] {
        problemLines { () throws(ConfigurationError) in
            _ = try Configuration([.bytes(bytes, name: "f")])
        }
    }

    @Test("Bytes that are no text, or too many, are refused")
    func bytes() {
        #expect(problems(ofBytes: Array("jobs:\n- id: ".utf8) + [0xFF]) == ["f:2:7: the file is not UTF-8 text"])
        #expect(
            problems(ofBytes: Array("jobs:\n- id: ".utf8) + [0x01]) == ["f:2:7: control characters are not allowed"])
        #expect(
            problems(ofBytes: [UInt8](repeating: 0x23, count: 32_000_001)) == ["f:1:1: the file is larger than 32 MB"])
    }

    @Test("A device without an end is not read for ever")
    func device() {
        let problems = problemLines { () throws(ConfigurationError) in
            _ = try Configuration([.file("/dev/zero")])
        }
        #expect(problems == ["/dev/zero:1:1: the file is larger than 32 MB"])
    }

    @Test("Aliases that explode are refused in values, in keys and in arguments")
    func aliases() {
        var bomb = "a0: &a0 [x, x]\n"
        for level in 1...40 { bomb += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        let message = "the aliases of the file stand for too much text; write it out"
        #expect(problemLines(bomb) == ["f:29:6: \(message)"])
        for (text, column) in [("? *a40\n: x\n", 3), ("*a40 : x\n", 1), ("jobs: [{[*a40]: x}]\n", 10)] {
            #expect(problemLines(bomb + text) == ["f:42:\(column): \(message)"])
        }
        // Not much text, but deeper than any stack.
        for (anchors, depth, place) in [(1000, 500, "3:5"), (100_000, 1, "1001:8")] {
            let (open, close) = (String(repeating: "[", count: depth), String(repeating: "]", count: depth))
            var chain = "a0: &a0 x\n"
            for level in 1..<anchors { chain += "a\(level): &a\(level) \(open)*a\(level - 1)\(close)\n" }
            #expect(problemLines(chain) == ["f:\(place): \(message)"])
        }
        // Few enough to be read, too many for all jobs together.
        var wide = "jobs:\n- id: j\n  func: t\n  kwargs: {x: &w [" + String(repeating: "x, ", count: 100_000) + "]}\n"
        for number in 0..<200 { wide += "- {id: j\(number), func: t, kwargs: {x: *w}}\n" }
        let problems = problemLines(wide)
        #expect(problems.first?.contains("there is too much in here") == true, "\(problems.prefix(1))")
    }

    @Test(
        "What aliases bring into the parts of jobs is limited for all of them together",
        arguments: [
            "environment: *map, command: x", "kwargs: {command: x, environment: *map}, func: shell",
            "tags: *list, func: t", "command: *list", "func: shell, args: [*list]", "headers: *map, url: 'http://h'",
        ]
    )
    func parts(keys: String) {
        var text = "job_defaults: {on_failure: {func: t, kwargs: {list: &list ["
        for number in 0..<20_000 { text += "w\(number), " }
        text += "], map: &map {"
        for number in 0..<20_000 { text += "w\(number): x, " }
        text += "}}}}\njobs:\n"
        for number in 0..<500 { text += "- {id: j\(number), \(keys)}\n" }
        let problems = problemLines(text)
        #expect(problems.contains { $0.contains("there is too much in here") }, "\(problems.prefix(2))")
    }

    @Test("Aliases of a measure are understood, and what only looks like them is text")
    func fewAliases() throws {
        var text = "jobs:\n- {id: first, func: t, kwargs: &k {a: [1]}}\n"
        for number in 0..<2000 {
            text += "- {id: j\(number), url: \"http://h/?a=1&b=2\", tags: [\"*a b\", \"&c d\"]}\n"
        }
        for number in 0..<2000 { text += "- {id: k\(number), func: t, kwargs: *k}\n" }
        let jobs = try read(text).jobs
        #expect(jobs.count == 4001 && arguments(jobs.last) == #"{"a":[1]}"#)
    }

    @Test("Deep texts are refused", arguments: ["[", "{a: ", "- "])
    func depth(opening: String) {
        let problems = problemLines(String(repeating: opening, count: 100_000))
        #expect(problems.first?.hasSuffix("nested too deeply") == true, "\(problems)")
    }

    @Test("All problems of a file are told by their place, twenty at most")
    func several() {
        let text = "jobs:\n- {id: a, fnc: x}\n- {id: a, func: x}\n- {id: a, func: x, tags: 5}\nzone: UTC\n"
        let places = problemLines(text).map { $0.split(separator: ":").prefix(3).joined(separator: ":") }
        #expect(places == ["f:2:11", "f:3:4", "f:4:4", "f:4:20", "f:5:1"])
        let crowd = problemLines("jobs:\n" + String(repeating: "- {func: x}\n", count: 5000))
        #expect(crowd.count == 21 && crowd.last == "and 4980 problems more")
    }
}
#endif
