#if Configuration
import Carillon
import CarillonConfiguration
import Testing

@Suite("Tags of YAML")
struct TagTests {
    @Test("Those of the core schema say what a scalar is")
    func standard() throws {
        let text = """
            !!map
            jobs: !!seq
            - id: !!str 7
              func: ! t
              kwargs: !!map
                text: [!!str 5, !!str true, !!str ~, ! 5, !!str "x", !<tag:yaml.org,2002:str> 6]
                other: [!!int "5", !!int 0x1F, !!float "1.5", !!float 5, !!bool "true", !!null "", !!null ~, !!seq [1]]
                &anchor 8: !!str &five 5
                "alias": *five
            """
        let job = try #require(try read(text).jobs.first)
        #expect(job.id.description == "7")
        #expect(
            arguments(job)
                == #"{"text":["5","true","~","5","x","6"],"other":[5,31,1.5,5,true,null,null,[1]],"8":"5","alias":"5"}"#
        )
    }

    @Test("A type that a tag names counts for variables as well")
    func variables() throws {
        let text = "jobs:\n- id: a\n  func: t\n  kwargs:\n    a: !!str '${N}'\n    b: !!int '${N}'\n    c: !!str ${N}\n"
        #expect(arguments(try read(text, ["N": "5"]).jobs.first) == #"{"a":"${N}","b":{"${}":"${N}"},"c":"${N}"}"#)
    }

    @Test(
        "Others are refused with their place, as is what does not fit its tag",
        arguments: [
            ("jobs: !include jobs.yaml", "1:7: the tag '!include' is not understood"),
            ("jobs:\n- id: a\n  command: !!python/object/apply:os.system [ls]", "3:12: the tag '!!python/object/apply"),
            ("jobs: []\nlog: !env {level: info}", "2:6: the tag '!env' is not understood"),
            ("!secret timezone: UTC", "1:1: the tag '!secret' is not understood"),
            ("timezone: !<tag:example.org,2000:zone> UTC", "1:11: the tag 'tag:example.org,2000:zone' is not"),
            ("%TAG !e! tag:example.org,2000:\n---\ntimezone: !e!zone UTC", "3:11: the tag 'tag:example.org,2000:zone'"),
            ("timezone: !!binary VVRD", "1:11: the tag '!!binary' is not understood; the tags are !!str, !!int"),
            ("jobs: [{id: a, command: [!run x]}]", "1:26: the tag '!run' is not understood"),
            ("jobs: !!str [{id: a, command: x}]", "1:7: a list is no !!str"),
            ("jobs: !!seq {}", "1:7: keys and values are no !!seq"),
            ("jobs: !!map []", "1:7: a list is no !!map"),
            ("lease: !!int ten", "1:8: 'ten' is no !!int"),
            ("lease: !!int 1.5", "1:8: '1.5' is no !!int"),
            ("lease: !!float x", "1:8: 'x' is no !!float"),
            ("api: {enabled: !!bool yes}", "1:16: 'yes' is no !!bool"),
            ("jobs: !!null x", "1:7: 'x' is no !!null"),
            ("timezone: &z !odd UTC\nlog: {}\nallowed_hosts: [*z]", "1:11: the tag '!odd' is not understood"),
        ]
    )
    func refused(text: String, expected: String) {
        let problems = problemLines(text)
        #expect(problems.count == 1 && problems.first?.hasPrefix("f:\(expected)") == true, "\(problems)")
    }

    @Test("They are told of with all else that is wrong, and what they stand before is not told of twice")
    func besides() {
        let text = """
            lease: !!int ten
            colour: !paint red
            api: !include api.yaml
            job_defaults: {max_instances: !!int many, priority: !env P}
            jobs:
            - {id: a, command: !run x, hour: 5}
            - {id: b, comand: !run x}
            - {id: !!int c, func: t, trigger: cron, hour: 25}
            - {id: d, func: t, kwargs: {a: !x 1, b: [!y 2]}}
            """
        let expected = [
            "1:8: 'ten' is no !!int", "2:1: 'colour' is not a key here", "2:9: the tag '!paint' is not",
            "3:6: the tag '!include' is not", "4:31: 'many' is no !!int", "4:53: the tag '!env' is not",
            "6:20: the tag '!run' is not", "6:28: jobs[0].hour: belongs to a trigger",
            "7:11: jobs[1]: 'comand' is not a key here; did you mean 'command'?", "7:19: the tag '!run' is not",
            "8:8: 'c' is no !!int", "8:41: jobs[2].hour: '25' is not in", "9:32: the tag '!x' is not",
            "9:42: the tag '!y' is not",
        ]
        let problems = problemLines(text)
        #expect(
            problems.count == expected.count && zip(problems, expected).allSatisfy { $0.hasPrefix("f:\($1)") },
            "\(problems.joined(separator: "\n"))")
    }

    @Test("A text of nothing but tags is told of as far as anybody reads")
    func many() {
        let problems = problemLines("jobs: [" + String(repeating: "!x 1,", count: 100_000) + "]")
        #expect(problems.count == 21 && problems.last == "and 80 problems more", "\(problems.last ?? "")")
    }

    @Test("A mark that begins no tag is text")
    func text() throws {
        let job = try read("jobs: [{id: a, command: 'test ! -e x !', tags: [a!b, \"!c\"]}]\n# !include x").jobs.first
        #expect(arguments(job) == #"{"command":"test ! -e x !"}"# && job?.tags == ["a!b", "!c"])
    }

    @Test("Tags within aliases are looked at once each")
    func aliases() throws {
        var text = "jobs:\n- id: a\n  func: t\n  kwargs:\n    a0: &a0 [!!str 5]\n"
        for level in 1...25 { text += "    a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        let problems = problemLines(text)
        #expect(problems.first?.contains("there is too much in here") == true, "\(problems)")
    }
}
#endif
