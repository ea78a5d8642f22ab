#if Command
import CarillonTriggers

/// A JSON object in the making; what is missing is null, so that every object of a kind has the same keys.
struct JSONForm {
    private var members: [JSONValue.Member] = []

    var value: JSONValue { .object(members) }

    mutating func add(_ key: String, _ value: JSONValue?) { members.append(JSONValue.Member(key, value ?? .null)) }

    mutating func add(_ key: String, _ text: String?) { add(key, text.map { .string($0) }) }

    mutating func add(_ key: String, _ number: Int?) { add(key, number.map { .integer(Int64($0)) }) }

    mutating func add(_ key: String, _ number: Int64?) { add(key, number.map { .integer($0) }) }

    mutating func add(_ key: String, _ isTrue: Bool) { add(key, .bool(isTrue)) }

    mutating func add(_ key: String, _ time: Instant?, in zone: Zone) { add(key, time?.formatted(in: zone)) }

    mutating func add(_ key: String, _ texts: [String]) { add(key, .array(texts.map { .string($0) })) }
}

/// An array of JSON values on standard output, one a line, written as they come.
struct JSONList {
    private var output = OutputBuffer(descriptor: 1)
    private var isEmpty = true

    init() { output.append("[") }

    mutating func append(_ value: JSONValue) throws(CommandFailure) {
        output.append(isEmpty ? "\n" : ",\n")
        isEmpty = false
        output.append(value)
        try flush { (output) throws(POSIXFailure) in try output.flushIfFull() }
    }

    mutating func end() throws(CommandFailure) {
        output.append(isEmpty ? "]\n" : "\n]\n")
        try flush { (output) throws(POSIXFailure) in try output.flush() }
    }

    private mutating func flush(_ body: (inout OutputBuffer) throws(POSIXFailure) -> Void) throws(CommandFailure) {
        do throws(POSIXFailure) {
            try body(&output)
        } catch {
            throw CommandFailure(error)
        }
    }
}
#endif
