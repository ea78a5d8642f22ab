#if Configuration
import CarillonConfiguration
import Foundation
import Testing

@Suite("Secrets")
struct SecretTests {
    /// A folder with files in it, gone with the test.
    private final class Folder {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("carillon-\(UUID())").path

        init(_ files: [String: String]) throws {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)")) }
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    @Test(
        "Who may use the API is read in each of its forms",
        arguments: [
            ("bob:hun:ter2", APIAuthentication.basic(users: ["bob": Secret("hun:ter2")])),
            ("{type: basic, username: bob, password: p}", .basic(users: ["bob": Secret("p")])),
            ("{type: basic, users: {bob: p, eve: q}}", .basic(users: ["bob": Secret("p"), "eve": Secret("q")])),
            ("{type: bearer, token: t}", .bearer(token: Secret("t"))),
        ]
    )
    func authentication(text: String, expected: APIAuthentication) throws {
        #expect(try read("SCHEDULER_AUTH: \(text)").api.authentication == expected)
        #expect(try read("api:\n  auth: \(text)").api.authentication == expected)
        #expect(try read(environment: ["SCHEDULER_AUTH": text]).api.authentication == expected)
    }

    @Test("Nobody in particular may use it where nothing is said")
    func nobody() throws { #expect(try read("SCHEDULER_AUTH:").api.authentication == nil) }

    @Test(
        "What is wrong with it is told without the secret",
        arguments: [
            ("hunter2", "1:7: api.auth: must be 'user:password', or keys"),
            ("':hunter2'", "1:7: api.auth: must be 'user:password'"),
            ("[hunter2]", "1:13: api.auth: must be keys and values, not a list"),
            ("{username: bob, password: hunter2}", "1:7: api.auth: the key 'type' is missing: basic or bearer"),
            ("{typ: basic, user: x}", "1:14: api.auth: 'typ' is not a key here; did you mean 'type'?"),
            ("{type: digest}", "1:14: api.auth.type: 'digest' is not one of those there are"),
            ("{type: bearer, password: hunter2}", "1:28: api.auth: 'password' is not a key here"),
            ("{type: bearer}", "1:7: api.auth: the key 'token' or 'token_file' is missing"),
            ("{type: basic}", "1:7: api.auth: names nobody"),
            ("{type: basic, username: bob}", "1:7: api.auth: the key 'password' or 'password_file' is missing"),
            ("{type: basic, password: hunter2}", "1:27: api.auth.password: is whose?"),
            ("{type: basic, username: bob, password: 5}", "1:42: api.auth.password: must be text, not a number"),
            (
                "{type: basic, username: 'b:b', password: hunter2}",
                "1:27: api.auth.username: a user's name has no colon"
            ),
            ("{type: basic, username: bob, password: hunter2, password_file: x}", "1:61: api.auth.password_file: says"),
        ]
    )
    func wrong(text: String, expected: String) {
        let problems = problemLines("api: {auth: \(text)}")
        #expect(problems.count == 1 && problems.first?.hasPrefix("f:\(expected)") == true, "\(problems)")
        #expect(!problems.joined().contains("hunter2"))
    }

    @Test("A secret is read from a file without its line end, seen from the folder of the configuration")
    func files() throws {
        let folder = try Folder([
            "password": "hun ter2\n", "url": "redis://:p@h\r\n", "auth": "bob:p\n", "token": "t",
            "c.yaml": """
            jobstores:
              a: {type: redis, password_file: password}
              b: {type: redis, url_file: ./url}
            api: {auth: {type: bearer, token_file: token}}
            """,
            "d.yaml": "SCHEDULER_AUTH_FILE: auth",
            "e.yaml": "api: {auth_file: auth}",
        ])
        let first = try Configuration([.file("\(folder.path)/c.yaml")])
        #expect(first.jobStores["a"]?.address.password?.value == "hun ter2")
        #expect(first.jobStores["b"]?.address.text.value == "redis://:p@h")
        #expect(first.api.authentication == .bearer(token: Secret("t")))
        for name in ["d.yaml", "e.yaml"] {
            let file = try Configuration([.file("\(folder.path)/\(name)")])
            #expect(file.api.authentication == .basic(users: ["bob": Secret("p")]))
        }
        for name in ["SCHEDULER_AUTH_FILE", "CARILLON_API_AUTH_FILE"] {
            let variable = try read(environment: [name: "\(folder.path)/auth"])
            #expect(variable.api.authentication == .basic(users: ["bob": Secret("p")]))
        }
    }

    @Test("A file of jobs has the absolute path of the file as its origin")
    func origin() throws {
        let folder = try Folder(["c.yaml": "jobs: [{id: a, func: t}]"])
        #expect(try Configuration([.file("\(folder.path)/c.yaml")]).jobs.first?.origin == "\(folder.path)/c.yaml")
        let up = String(repeating: "../", count: 40) + folder.path.dropFirst()
        #expect(try Configuration([.file("\(up)/./c.yaml")]).jobs.first?.origin == "\(folder.path)/c.yaml")
    }

    @Test("Files that are missing are told where they are named")
    func missing() throws {
        let text = "SCHEDULER_AUTH_FILE: /nowhere/auth\njobstores: {a: {type: redis, password_file: /nowhere/p}}"
        #expect(
            problemLines(text) == [
                "f:1:1: SCHEDULER_AUTH_FILE: the file '/nowhere/auth' cannot be read: No such file or directory",
                "f:2:30: jobstores.a.password_file: the file '/nowhere/p' cannot be read: No such file or directory",
            ])
        #expect(
            problemLines("{}", ["SCHEDULER_AUTH_FILE": "/nowhere/x"]) == [
                "$SCHEDULER_AUTH_FILE:1:1: api.auth: the file '/nowhere/x' cannot be read: No such file or directory"
            ])
        do throws(ConfigurationError) {
            _ = try Configuration([.file("/nowhere/c.yaml")])
            Issue.record("a file that is not there was read")
        } catch {
            #expect(error.code == .unreadableFile)
            #expect(error.description == "/nowhere/c.yaml:1:1: the file cannot be read: No such file or directory")
        }
        let folder = try Folder(["empty": "\n"])
        #expect(
            problemLines("jobstores: {a: {type: redis, password_file: \(folder.path)/empty}}").first?
                .hasSuffix("/empty' is empty") == true)
        #expect(
            problemLines { () throws(ConfigurationError) in _ = try Configuration([.file(folder.path)]) }
                == ["\(folder.path):1:1: the file cannot be read: Is a directory"])
    }
}
#endif
