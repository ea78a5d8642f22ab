#if Configuration
import Carillon
import CarillonConfiguration
import Testing

@Suite("What jobs run")
struct TaskTests {
    private func run(_ text: String, _ environment: [String: String] = [:]) throws -> [String] {
        let job = try #require(try read("jobs:\n- {id: a, \(text)}", environment).jobs.first)
        return [job.task.description, arguments(job) ?? ""]
    }

    @Test(
        "A command is short for the task 'shell'",
        arguments: [
            ("command: echo a", #"{"command":"echo a"}"#),
            ("command: true", #"{"command":"true"}"#),
            ("command: [sleep, 1]", #"{"command":["sleep","1"]}"#),
            ("shell: {command: [sleep, 0.50]}", #"{"command":["sleep","0.50"]}"#),
            (
                "command: x, working_directory: /tmp, user: www, umask: 022, stdin: '', kill_after: 2.5",
                #"{"command":"x","working_directory":"/tmp","user":"www","umask":"022","stdin":"","kill_after":2.5}"#
            ),
            (
                "shell: {command: x, environment: {PORT: 8080, ON: true, TEXT: a}}, timeout: 5",
                #"{"command":"x","environment":{"PORT":"8080","ON":"true","TEXT":"a"}}"#
            ),
        ]
    )
    func shell(text: String, expected: String) throws { #expect(try run(text) == ["shell", expected]) }

    @Test(
        "Where texts are wanted that may look like numbers, numbers and booleans count as they are written",
        arguments: [
            ("command: [sleep, 0.50, true]", #"{"command":["sleep","0.50","true"]}"#),
            ("command: id, user: 1000", #"{"command":"id","user":"1000"}"#),
            ("command: id, umask: 027", #"{"command":"id","umask":"027"}"#),
            ("command: id, stdin: 1e3", #"{"command":"id","stdin":"1e3"}"#),
            ("command: id, environment: {A: 08, B: false}", #"{"command":"id","environment":{"A":"08","B":"false"}}"#),
            ("url: 'http://h', headers: {A: 1.0}", #"{"url":"http://h","headers":{"A":"1.0"}}"#),
            ("url: 'http://h', body: 1.0", #"{"url":"http://h","body":"1.0"}"#),
            ("command: id, kill_after: 100000", #"{"command":"id","kill_after":100000}"#),
            ("http: {url: 'http://h', timeout: 100000}", #"{"url":"http://h","timeout":100000}"#),
        ]
    )
    func numbers(text: String, expected: String) throws { #expect(try run(text).last == expected) }

    @Test(
        "A URL is short for the task 'http'",
        arguments: [
            ("url: 'https://h/x?a=b&c'", #"{"url":"https://h/x?a=b&c"}"#),
            (
                "url: 'http://h', method: post, headers: {X: 1}, json: {a: [1]}, expect: [200, 2xx, 300-303], timeout: 5",
                #"{"url":"http://h","method":"POST","headers":{"X":"1"},"json":{"a":[1]},"expect":[200,"2xx","300-303"]}"#
            ),
            (
                "url: 'https://h', ca_file: /ca.pem, client_certificate: /c.pem, client_key: /c.key",
                #"{"url":"https://h","ca_file":"/ca.pem","client_certificate":"/c.pem","client_key":"/c.key"}"#
            ),
            ("http: {url: 'http://h', body: text, timeout: 5}", #"{"url":"http://h","body":"text","timeout":5}"#),
        ]
    )
    func http(text: String, expected: String) throws { #expect(try run(text) == ["http", expected]) }

    @Test("The time limit beside the keys of a request is the run's, and the one among them is the request's")
    func timeouts() throws {
        let flat = try read("jobs: [{id: a, url: 'http://h', timeout: 5}]").jobs.first
        #expect(flat?.policies.timeout == .seconds(5))
        let inner = try read("jobs: [{id: a, http: {url: 'http://h', timeout: 5}, timeout: 9}]").jobs.first
        #expect(inner?.policies.timeout == .seconds(9))
    }

    @Test("The built-in tasks can be named like others, and know the order of their arguments")
    func named() throws {
        #expect(try run("func: shell, kwargs: {command: x}") == ["shell", #"{"command":"x"}"#])
        #expect(try run("func: shell, args: [x]") == ["shell", #"{"command":"x"}"#])
        #expect(try run("func: http, args: ['http://h'], kwargs: {method: HEAD}").last?.contains("http://h") == true)
        #expect(try run("func: t, args: []") == ["t", "{}"])
        #expect(try run("func: t, kwargs: ") == ["t", "{}"])
    }

    @Test(
        "What is wrong with a command or a request is told, without what may be secret in it",
        arguments: [
            ("command: 5", "2:11: jobs[0].command: must be a line for /bin/sh"),
            ("command: ", "2:11: jobs[0].command: names no program; give a line for /bin/sh"),
            ("command: '  '", "2:11: jobs[0].command: names no program; give a line for /bin/sh"),
            ("command: []", "2:11: jobs[0].command: names no program; give a line for /bin/sh"),
            ("command: ['', x]", "2:11: jobs[0].command: names no program; give a line for /bin/sh"),
            ("command: ''", "2:11: jobs[0].command: names no program; give a line for /bin/sh, or a list of"),
            ("command: ['']", "2:11: jobs[0].command: names no program; give a line"),
            ("command: ['  ', x]", "2:11: jobs[0].command: names no program; give a line"),
            ("command: '${NONE:-}'", "2:11: jobs[0].command: names no program; give a line"),
            ("command: x, on_failure: {command: ' '}", "2:36: jobs[0].on_failure.command: names no program; give"),
            ("shell: {command: []}", "2:19: jobs[0].shell.command: names no program; give a line"),
            ("func: shell, kwargs: {command: ''}", "2:33: jobs[0].kwargs.command: names no program; give a line"),
            ("func: shell, args: ['']", "names no program; give a line"),
            (
                "command: {x: y}",
                "2:11: jobs[0].command: must be a line for /bin/sh, or a list of a program and its arg"
            ),
            ("command: x, user: ''", "2:23: jobs[0].user: is empty"),
            ("command: x, working_directory: 5", "2:23: jobs[0].working_directory: must be text, not a number"),
            ("url: 5", "2:11: jobs[0].url: must be text, not a number"),
            ("url: 'http://h', method: 5", "2:28: jobs[0].method: must be text, not a number"),
            ("command: [x, [y]]", "2:11: jobs[0].command: must be a line for /bin/sh"),
            ("command: [x, ~]", "2:11: jobs[0].command: must be a line for /bin/sh"),
            (#"command: "x\0y""#, "2:11: jobs[0].command: has a NUL in it"),
            ("command: x, url: 'http://h'", "2:23: jobs[0].url: does not go with 'command'; a job runs one thing"),
            ("command: x, kwargs: {a: 1}", "2:23: jobs[0].kwargs: does not go with 'command'"),
            ("command: x, umask: 9", "2:23: jobs[0].umask: must be one to four octal digits"),
            ("command: x, kill_after: soon", "2:23: jobs[0].kill_after: must be a number of seconds from 0"),
            ("command: x, environment: [A=hunter2]", "2:36: jobs[0].environment: must be keys and values, not a list"),
            ("command: x, environment: {A: [hunter2]}", "2:37: jobs[0].environment.A: must be text, not a list"),
            ("umask: 022", "2:3: jobs[0]: the key 'command' is missing, to which 'umask' belongs"),
            ("shell: {comand: x}", "2:19: jobs[0].shell: 'comand' is not a key here; did you mean 'command'?"),
            ("shell: {command: x}, umask: 022", "2:32: jobs[0].umask: belongs into 'shell'"),
            ("shell: x", "2:18: jobs[0].shell: must be keys and values, not text"),
            ("method: GET", "2:3: jobs[0]: the key 'url' is missing, to which 'method' belongs"),
            ("url: 'ftp://u:hunter2@h'", "2:11: jobs[0].url: must begin with http:// or https://"),
            ("url: 'http://'", "2:11: jobs[0].url: must begin with http://"),
            ("url: 'http://h', method: FETCH", "2:28: jobs[0].method: 'FETCH' is not one of those there are"),
            ("url: 'http://h', headers: {A: [hunter2]}", "2:38: jobs[0].headers.A: must be text, not a list"),
            ("url: 'http://h', body: x, json: 1", "2:28: jobs[0].body: does not go with 'json'"),
            ("url: 'http://h', expect: 99", "2:28: jobs[0].expect: must be a status code"),
            ("url: 'http://h', expect: [2xx, 6xx]", "2:28: jobs[0].expect: must be a status code"),
            ("url: 'http://h', expect: 300-200", "2:28: jobs[0].expect: must be a status code"),
            ("http: {url: 'http://h', timeout: 0}", "2:35: jobs[0].http.timeout: must be a number of seconds"),
        ]
    )
    func wrong(text: String, expected: String) {
        let problems = problemLines("jobs:\n- {id: a, \(text)}")
        #expect(problems.count == 1 && problems.first?.contains(expected) == true, "\(problems)")
        #expect(problems.first?.hasPrefix("f:2:") == true && !problems.joined().contains("hunter2"), "\(problems)")
    }
}
#endif
