import Carillon
import CarillonConfiguration
import CarillonTriggers
import Testing

@Suite("Variables in values")
struct SubstitutionTests {
    private static let environment = ["A": "a b", "EMPTY": "", "N": "7", "NULL": "null"]

    private func argument(_ yaml: String) throws -> String? {
        arguments(try read("jobs:\n- {id: a, func: t, kwargs: {x: \(yaml)}}", Self.environment).jobs.first)
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
        #expect(arguments(try read(text, Self.environment).jobs.first) == #"{"x":\#(json)}"#)
    }

    @Test("Keys are left alone, and so are the values of variables")
    func notTwice() throws {
        let text = "jobs: [{id: a, func: t, kwargs: {\"${A}\": \"${B}\"}}]"
        #expect(arguments(try read(text, ["B": "${C}"]).jobs.first) == #"{"${A}":"${C}"}"#)
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
        #expect(arguments(job) == #"{"command":["echo","4"],"environment":{"X":"4"}}"#)
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
            (
                "jobs:\n- id: a\n  func: t\n  kwargs:\n    x: [1, '${NONE}']",
                "5:12: jobs[0].kwargs: the environment vari"
            ),
            ("jobs:\n- id: a\n  command: ['${NONE}']", "3:13: jobs[0].command: the environment variable 'NONE'"),
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
