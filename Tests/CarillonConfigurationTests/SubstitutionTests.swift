#if Configuration
import Carillon
import CarillonConfiguration
import CarillonTriggers
import Foundation
import Testing

@Suite("Variables in values")
struct SubstitutionTests {
    private static let environment = ["A": "a b", "EMPTY": "", "N": "7", "NULL": "null"]

    private func argument(_ yaml: String) throws -> String? {
        arguments(try read("jobs:\n- {id: a, func: t, kwargs: {x: \(yaml)}}", Self.environment).jobs.first)
    }

    /// What a task is given in the end.
    private func completed(_ job: ConfiguredJob?) throws -> String {
        let job = try #require(job)
        var complete: [UInt8] = []
        try ArgumentResolution(of: job.definition(now: Instant(Date.now)), secretKeys: [])
            .check(job.arguments, Self.environment) { complete = $0 }
        return String(decoding: complete, as: UTF8.self)
    }

    @Test(
        "A variable is replaced by its value, and by a default where it is not set or empty",
        arguments: [
            ("${A}", #""a b""#),
            ("x${A}y${N}", #""xa by7""#),
            ("'${A}'", #""a b""#),
            ("${N}", "7"),
            ("'${N}'", #""7""#),
            ("${NULL}", "null"),
            ("${NONE:-x}", #""x""#),
            ("'${NONE:-}'", #""""#),
            ("'${EMPTY:-x}'", #""x""#),
            ("'${EMPTY}'", #""""#),
            ("'${NONE:-5}'", #""5""#),
            ("$${A}", #""${A}""#),
            ("$A $$ $", #""$A $$ $""#),
            ("['${N}', ${N}]", #"["7",7]"#),
        ]
    )
    func values(yaml: String, json: String) throws {
        // Braces end a plain scalar within braces.
        let text =
            "jobs:\n- id: a\n  func: t\n  kwargs:\n    x: \(yaml.replacing("['${N}', ${N}]", with: "\n    - '${N}'\n    - ${N}"))"
        let job = try read(text, Self.environment).jobs.first
        #expect(try completed(job) == #"{"x":\#(json)}"#)
    }

    @Test(
        "The arguments of a job keep what refers to variables as it was written",
        arguments: [
            ("command: ['${A}', x, 5]", #"{"command":["${A}","x","5"]}"#, true),
            ("command: echo ${A} $${B}", #"{"command":"echo ${A} $${B}"}"#, true),
            ("command: echo $A", #"{"command":"echo $A"}"#, false),
            (
                "command: x\n  environment: {X: '${N}', Y: 5}", #"{"command":"x","environment":{"X":"${N}","Y":"5"}}"#,
                true
            ),
            (
                "url: '${NONE:-https://h.example}/${A}'\n  timeout: 5",
                #"{"url":"${NONE:-https://h.example}/${A}"}"#, true
            ),
            ("func: t\n  kwargs: {x: ['${N}', \"${N}\"], y: 5}", #"{"x":["${N}","${N}"],"y":5}"#, true),
            ("func: t\n  kwargs:\n    x: ${N}", #"{"x":{"${}":"${N}"}}"#, true),
            ("command: x\n  on_failure: {command: 'y ${A}'}", #"{"command":"x"}"#, true),
        ]
    )
    func kept(job: String, arguments expected: String, resolves: Bool) throws {
        let configuration = try read("jobs:\n- id: a\n  \(job)\n", Self.environment.merging(["A": "ab"]) { $1 })
        let job = try #require(configuration.jobs.first)
        #expect(arguments(job) == expected && job.policies.resolvesVariables == resolves)
        if let failure = job.policies.onFailure { #expect(failure.arguments?.description == #"{"command":"y ${A}"}"#) }
    }

    @Test("Defaults of jobs with variables, and jobs of a variable in which they are text, go together")
    func textBesideVariables() throws {
        let file = ConfigurationSource.text("job_defaults: {on_failure: {command: 'x ${A}'}}", name: "f")
        let jobs = ["SCHEDULER_JOBS": "[{id: a, command: 'echo ${x%y}'}]"]
        let job = try Configuration([file], environment: jobs.merging(["A": "b"]) { $1 }).jobs.first
        #expect(job?.policies.resolvesVariables == true)
        #expect(arguments(job) == #"{"command":"echo $${x%y}"}"#)
    }

    @Test("A variable that jobs miss is told as a warning, and the names of all are known")
    func missing() throws {
        let text = """
            jobs:
            - id: a
              command: ['${NONE}', '${A}']
            - id: b
              command: x
              environment_file: b.env
              environment: {X: '${OF_FILE}'}
            """
        let configuration = try read(text, Self.environment)
        #expect(
            configuration.warnings.map(\.description) == [
                "f:3:3: jobs[0].command: the environment variable 'NONE' is not set; runs of job 'a' fail until it is"
            ])
        #expect(configuration.variables == ["NONE", "A", "OF_FILE"])
    }

    @Test(
        "No error shows the value of a variable",
        arguments: [
            "log: {level: '${SECRET}'}", "timezone: ${SECRET}",
            "jobs: [{id: a, command: x, user: x, cron: '${SECRET}'}]",
            "jobs: [{id: a, command: x, umask: '${SECRET}'}]", "jobs: [{id: '${SECRET}', colour: red}]",
            "jobs: [{id: a, url: 'x', method: '${SECRET}'}]", "jobs: [{id: a, command: x, executor: '${SECRET}'}]",
            "jobs: [{id: a, command: x, trigger: '${SECRET}'}]", "allowed_hosts: {x: '${SECRET}'}",
            "jobs: [{id: a, command: x, at_limit: '${SECRET}'}]", "lease: '${SECRET}'", "lease: ${SECRET}",
            "jobs: [{id: a, command: x, trigger: cron, hour: '${SECRET}'}]", "executors: {a: '${SECRET}'}",
        ])
    func masked(text: String) {
        for value in ["hunter2", "9x9", "*/77", "99887766"] {
            let problems = problemLines(text, ["SECRET": value])
            #expect(!problems.isEmpty && !problems.joined().contains(value), "\(problems)")
        }
    }

    @Test("Keys are left alone, and so are the values of variables")
    func notTwice() throws {
        let text = "jobs: [{id: a, func: t, kwargs: {\"${A}\": \"${B}\"}}]"
        #expect(arguments(try read(text, ["B": "${C}"]).jobs.first) == #"{"${A}":"${B}"}"#)
        let environment = ["SCHEDULER_JOBS": "[{id: a, func: t, kwargs: {x: \"${C}\"}}]"]
        #expect(arguments(try read(environment: environment).jobs.first) == #"{"x":"${C}"}"#)
    }

    @Test("Settings of every kind take variables")
    func everywhere() throws {
        let environment = [
            "ZONE": "Asia/Tokyo", "WORKERS": "4", "PASSWORD": "p@ss", "ID": "j", "LINE": "echo", "ON": "true", "S": "5",
        ]
        let text = """
            timezone: ${ZONE}
            executors: {a: {type: threadpool, max_workers: "4"}}
            jobstores: {a: {type: redis, password: "${PASSWORD}"}}
            api:
              enabled: ${ON}
            jobs:
            - id: ${ID}
              command: ["${LINE}", "${WORKERS}"]
              trigger: interval
              seconds: ${S}
              max_instances: ${WORKERS}
              environment:
                X: ${WORKERS}
            """
        let configuration = try read(text.replacing(#""4""#, with: "4"), environment)
        #expect(configuration.zone.identifier == "Asia/Tokyo" && configuration.api.isEnabled)
        #expect(configuration.jobStores["a"]?.address.password?.value == "p@ss")
        let job = configuration.jobs.first
        #expect(job?.id.description == "j" && job?.policies.maxInstances == 4)
        #expect(
            arguments(job) == #"{"command":["${LINE}","${WORKERS}"],"environment":{"X":"${WORKERS}"}}"#)
    }

    @Test(
        "A variable that is missing is told with its place, and so is what is no variable",
        arguments: [
            (
                "timezone: x${NONE}",
                "1:12: timezone: the environment variable 'NONE' is not set; set it, or write '${NONE:-"
            ),
            ("timezone: '${NONE}'", "1:11: timezone: the environment variable 'NONE' is not set"),
            ("timezone: ${NONE", "1:11: timezone: '${' has no '}' behind it"),
            ("timezone: ${1}", "1:11: timezone: what stands in '${…}' is NAME or NAME:-default; write '$${'"),
            ("timezone: ${}", "1:11: timezone: what stands in '${…}'"),
            ("timezone: ${A:+x}", "1:11: timezone: what stands in '${…}'"),
            ("timezone: ${A:-${N}}", "1:11: timezone: what stands in '${…}'"),
            ("jobs:\n- id: ${NONE}\n  command: x", "2:7: jobs[0].id: the environment variable 'NONE'"),
            ("jobs:\n- id: a\n  command: ['${x%y}']", "3:13: jobs[0].command: what stands in '${…}'"),
            (
                "executors:\n  a: {type: async, max_workers: '${N}'}",
                "2:20: executors.a.max_workers: must be a whole num"
            ),
        ]
    )
    func wrong(text: String, expected: String) {
        let problems = problemLines(text, Self.environment)
        #expect(problems.count == 1 && problems.first?.hasPrefix("f:\(expected)") == true, "\(problems)")
    }

    @Test("What a variable brings in is not shown where it is wrong in an address")
    func secret() {
        let problems = problemLines("jobstores: {a: '${URL}'}", ["URL": "hunter2"])
        #expect(problems.first?.hasPrefix("f:1:13: jobstores.a: is not a store's address") == true, "\(problems)")
        #expect(!problems.joined().contains("hunter2"))
    }
}
#endif
