import Carillon
import CarillonTriggers
import Foundation
import Testing

/// Definitions in their JSON form.
@Suite struct JobDefinitionJSONTests {
    private static let plain = #"{"task":"work","trigger":{"type":"cron","hour":"9","timezone":"UTC"}}"#
    private static let full =
        #"{"task":"réport","arguments":{"to":["all",2.50],"b":null},"#
        + #""trigger":{"type":"interval","hours":1,"start_date":"2027-01-15T08:00:00+00:00","timezone":"Europe/Berlin"},"#
        + #""policies":{"max_instances":3,"at_limit":"queue"},"tags":["b","a","b"],"executor":"processes","#
        + #""origin":"jobs.yaml"}"#

    private func read(_ text: String) throws -> JobDefinition {
        try JobDefinition(json: try JSONReader.value(of: Array(text.utf8)))
    }

    @Test("What is written is what was read, and defaults are left out", arguments: [plain, full])
    func roundTrip(_ text: String) throws {
        let definition = try read(text)
        #expect(try definition.json().description == text)
        #expect(try JobDefinition(json: definition.json()) == definition)
        let data = try JSONEncoder().encode(definition)
        let decoded = try JSONDecoder().decode(JobDefinition.self, from: data)
        #expect(decoded.trigger == definition.trigger)
        #expect(decoded.policies == definition.policies)
        #expect(decoded.tags == definition.tags)
        #expect([decoded.executor, decoded.origin] == [definition.executor, definition.origin])
    }

    @Test("Every part is read")
    func parts() throws {
        let definition = try read(Self.full)
        #expect(definition.task == (TaskName("réport")))
        #expect(definition.arguments == Array(#"{"to":["all",2.50],"b":null}"#.utf8))
        #expect(definition.trigger.ownZone?.identifier == "Europe/Berlin")
        #expect(definition.policies.maxInstances == 3)
        #expect(definition.tags == ["b", "a", "b"])
        #expect(definition.executor == "processes")
        #expect(definition.origin == "jobs.yaml")
        #expect(try read(Self.plain) == JobDefinition(task: TaskName("work"), trigger: .cron(hour: 9)))
    }

    @Test("Arguments kept beside the form come back byte by byte")
    func argumentsApart() throws {
        var definition = try read(Self.full)
        definition.arguments = Array(#" { "a" : 1 } "#.utf8)
        let form = definition.jsonWithoutArguments
        #expect(form["arguments"] == nil)
        #expect(try JobDefinition(json: form, arguments: definition.arguments) == definition)
        // In the form they are the same value.
        #expect(try definition.json()["arguments"] == .object([JSONValue.Member("a", .integer(1))]))
    }

    @Test("Arguments that are no JSON cannot be written")
    func noJSON() throws {
        var definition = try read(Self.plain)
        definition.arguments = Array("{".utf8)
        #expect { try definition.json() } throws: { ($0 as? TriggerError)?.field.hasPrefix("arguments") ?? false }
        #expect(throws: EncodingError.self) { try JSONEncoder().encode(definition) }
    }

    @Test(
        "What is wrong is refused with its place",
        arguments: [
            ("[]", ["a job's definition", "an array"]), (#"{"trigger":{}}"#, ["task", "missing"]),
            (#"{"task":"a"}"#, ["trigger", "missing"]), (#"{"task":""}"#, ["trigger", "missing"]),
            (#"{"task":"","trigger":{"type":"cron","hour":1}}"#, ["task", "1 to 200 bytes"]),
            (#"{"task":1,"trigger":{"type":"cron","hour":1}}"#, ["task", "is a string"]),
            (#"{"tsk":"a","trigger":{"type":"cron","hour":1}}"#, ["'tsk'", "did you mean 'task'?"]),
            (#"{"task":"a","triger":{"type":"cron","hour":1}}"#, ["'triger'", "did you mean 'trigger'?"]),
            (#"{"task":"a","trigger":{"type":"cron","hour":25}}"#, ["trigger.hour", "'25'"]),
            (#"{"task":"a","trigger":{"type":"cron","hr":2}}"#, ["'hr'"]),
            (
                #"{"task":"a","trigger":{"type":"cron","hour":1},"policies":{"max_instance":2}}"#,
                ["policies", "did you mean 'max_instances'?"]
            ),
            (
                #"{"task":"a","trigger":{"type":"cron","hour":1},"policies":{"max_instances":0}}"#,
                ["policies.max_instances", "'0'"]
            ),
            (#"{"task":"a","trigger":{"type":"cron","hour":1},"tags":"x"}"#, ["tags", "a string"]),
            (#"{"task":"a","trigger":{"type":"cron","hour":1},"tags":["x",1]}"#, ["tags[1]", "the number 1"]),
            (#"{"task":"a","trigger":{"type":"cron","hour":1},"executor":null}"#, ["executor", "null"]),
        ] as [(String, [String])])
    func refused(_ text: String, _ words: [String]) throws {
        let error = #expect(throws: TriggerError.self) { try read(text) }
        for word in words { #expect(error?.description.contains(word) == true, "\(error?.description ?? "")") }
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(JobDefinition.self, from: Data(text.utf8))
        }
    }
}
