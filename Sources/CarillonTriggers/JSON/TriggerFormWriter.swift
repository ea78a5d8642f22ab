/// Puts together the JSON form of a trigger, key by key; what is not added is left out.
struct TriggerFormWriter {
    private var members: [JSONValue.Member]

    init(type: String) { members = [JSONValue.Member("type", .string(type))] }

    var json: JSONValue { .object(members) }

    mutating func add(_ key: String, _ value: JSONValue) { members.append(JSONValue.Member(key, value)) }

    mutating func add(_ key: String, _ value: some CustomStringConvertible) { add(key, .string(value.description)) }

    mutating func add(_ key: String, _ moment: Moment?) {
        if let moment { add(key, .string(moment.description)) }
    }

    mutating func add(_ key: String, unlessZero number: Int) {
        if number != 0 { add(key, .integer(Int64(number))) }
    }

    mutating func add(_ key: String, unlessZero seconds: DecimalSeconds) {
        if seconds != .zero { add(key, seconds.json) }
    }

    /// A word, unless it is the one that is meant when the key is left out.
    mutating func add<Word>(_ key: String, _ word: Word, unless usual: Word)
    where Word: RawRepresentable<String> & Equatable {
        if word != usual { add(key, .string(word.rawValue)) }
    }
}
