import CarillonTasks
import Foundation
import Testing

/// The arguments of commands as JSON.
@Suite(.timeLimit(.minutes(10))) struct ShellArgumentsTests {
    @Test(arguments: [
        (#"{"comand": "true"}"#, "'comand' is not a key here; did you mean 'command'?"),
        (#"{"command": "true", "kill_afer": 1}"#, "'kill_afer' is not a key here; did you mean 'kill_after'?"),
        (#"{"command": "true", "zzzzzz": 1}"#, "'zzzzzz' is not a key here; the keys are command, working_directory"),
        (#"{}"#, "'command' is missing"),
        (#"{"command": null}"#, "'command' is missing"),
        (#"{"command": ""}"#, "'command' is empty"),
        (#"{"command": " \n"}"#, "'command' is empty"),
        (#"{"command": []}"#, "'command' names no program"),
        (#"{"command": [""]}"#, "'command' names no program"),
        (#"{"command": ["  ", "x"]}"#, "'command' names no program"),
        (#"{"command": 7}"#, "'command' must be a string or a list of strings, not the number 7"),
        (#"{"command": ["ls", 7]}"#, "'an element of command' must be a string, not the number 7"),
        (#"{"command": "ls\u0000"}"#, "'command' has a NUL in it"),
        (#"{"command": ["ls", "a\u0000b"]}"#, "'command' has a NUL in it"),
        (#"{"command": "true", "working_directory": ""}"#, "'working_directory' is empty"),
        (#"{"command": "true", "working_directory": 1}"#, "'working_directory' must be a string, not the number 1"),
        (#"{"command": "true", "working_directory": "/\u0000"}"#, "'working_directory' has a NUL in it"),
        (#"{"command": "true", "environment": ["A=1"]}"#, "'environment' must be an object of strings, not an array"),
        (#"{"command": "true", "environment": {"A": 1}}"#, "'environment.A' must be a string, not the number 1"),
        (#"{"command": "true", "environment": {"A=": "1"}}"#, "'environment' has a name that is empty or has an '='"),
        (#"{"command": "true", "environment": {"": "1"}}"#, "'environment' has a name that is empty or has an '='"),
        (#"{"command": "true", "environment": {"A": "\u0000"}}"#, "'environment.A' has a NUL in it"),
        (#"{"command": "true", "user": true}"#, "'user' must be a string, not true"),
        (#"{"command": "true", "umask": 22}"#, "'umask' must be a string of octal digits"),
        (#"{"command": "true", "umask": "8"}"#, "'umask' must be a string of octal digits"),
        (#"{"command": "true", "umask": "7777"}"#, "'umask' must be a string of octal digits"),
        (#"{"command": "true", "umask": ""}"#, "'umask' must be a string of octal digits"),
        (#"{"command": "true", "stdin": []}"#, "'stdin' must be a string, not an array"),
        (#"{"command": "true", "kill_after": "5"}"#, "'kill_after' must be a number of seconds"),
        (#"{"command": "true", "kill_after": -1}"#, "'kill_after' must be a number of seconds"),
        (#"["true"]"#, "an object is needed"),
    ])
    func refused(_ json: String, _ problem: String) async throws {
        let error = try await TaskBench.refusal("shell", json)
        #expect(error.contains(problem))
        #expect(error.contains("task 'shell'"))
    }

    @Test func everyKey() throws {
        let json = """
            {"command": ["a", "b"], "working_directory": "/d", "environment": {"K": "v"}, "user": 12, "umask": "022",
            "stdin": "text", "kill_after": 0.5}
            """
        let arguments = try JSONDecoder().decode(ShellArguments.self, from: Data(json.utf8))
        let expected = ShellArguments(
            command: .program(["a", "b"]), workingDirectory: "/d", environment: ["K": "v"], user: "12", umask: 0o022,
            stdin: "text", killAfter: 0.5)
        #expect(arguments == expected)
        #expect(try JSONDecoder().decode(ShellArguments.self, from: JSONEncoder().encode(expected)) == expected)
        let least = ShellArguments(command: .line("true"))
        #expect(String(decoding: try JSONEncoder().encode(least), as: UTF8.self) == #"{"command":"true"}"#)
    }
}
