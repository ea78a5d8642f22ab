import Carillon
import Testing

@Suite("Files of variables")
struct VariableFileTests {
    @Test("Every form of a line is read")
    func forms() throws {
        let text = """
            # a comment
            PLAIN=a b
              export EXPORTED = x   # said of it
            EMPTY=
            HASH=a#b
            SINGLE='a "b" $C \\n' # behind it
            DOUBLE="a 'b' \\n\\t\\"\\\\\\$ \\x"
            LINES="one
            two"
            URL=postgres://u:p@h/d?x=${Y}
            PLAIN=again

            """
        let variables = try VariableFile("\u{FEFF}" + text).variables
        #expect(
            variables == [
                "PLAIN": "again", "EXPORTED": "x", "EMPTY": "", "HASH": "a#b", "SINGLE": #"a "b" $C \n"#,
                "DOUBLE": "a 'b' \n\t\"\\$ \\x", "LINES": "one\ntwo", "URL": "postgres://u:p@h/d?x=${Y}",
            ])
        #expect(try VariableFile("A=1\r\nB='2'\r\n").variables == ["A": "1", "B": "2"])
        #expect(try VariableFile("export=1").variables == ["export": "1"])
    }

    @Test(
        "What is wrong is told by its line, without the text",
        arguments: [
            ("A=1\nhunter2", 2, "must be NAME=value"), ("\n\n1A=x", 3, "must be NAME=value"), ("A='x", 1, "not closed"),
            ("A=1\nB=\"x\" y", 2, "behind the closing quote"), ("A B=1", 1, "must be NAME=value"),
            ("A=x\u{0}", 1, "NUL"),
        ]
    )
    func wrong(text: String, line: Int, words: String) {
        let problem = #expect(throws: VariableFile.Problem.self) { try VariableFile(text) }
        #expect(problem?.line == line && problem?.message.contains(words) == true)
        #expect(problem?.message.contains("hunter2") == false)
    }
}
