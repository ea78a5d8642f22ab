internal import Carillon
internal import CarillonTriggers

/// The parts of definitions that were read last for one answer. Jobs that are due together often have the same trigger
/// and policies, and parsing these from JSON takes longer than the rest of reading a job.
struct DefinitionParts {
    private var lastTrigger: (text: [UInt8], value: Trigger)?
    private var lastPolicies: (text: [UInt8], value: JobPolicies)?
    private var lastTags: (text: [UInt8], value: [String])?
    private var lastTask: (text: String, value: TaskName)?

    mutating func trigger(_ text: [UInt8]) throws(UnreadableRow) -> Trigger {
        if let lastTrigger, lastTrigger.text == text { return lastTrigger.value }
        let value = try JobRow.reading("trigger_json") { () throws(TriggerError) in
            try Trigger(json: JSONReader.value(of: text))
        }
        lastTrigger = (text, value)
        return value
    }

    mutating func policies(_ text: [UInt8]) throws(UnreadableRow) -> JobPolicies {
        if let lastPolicies, lastPolicies.text == text { return lastPolicies.value }
        let value = try JobRow.reading("policies") { () throws(TriggerError) in
            try JobPolicies(json: JSONReader.value(of: text))
        }
        lastPolicies = (text, value)
        return value
    }

    mutating func tags(_ text: [UInt8]) throws(UnreadableRow) -> [String] {
        if let lastTags, lastTags.text == text { return lastTags.value }
        let value = try JSONTexts.read(text, "tags")
        lastTags = (text, value)
        return value
    }

    mutating func task(_ text: String) throws(UnreadableRow) -> TaskName {
        if let lastTask, lastTask.text.utf8.elementsEqual(text.utf8) { return lastTask.value }
        let value = try JobRow.reading("task") { () throws(CarillonError) in try TaskName(exactly: text) }
        lastTask = (text, value)
        return value
    }
}
