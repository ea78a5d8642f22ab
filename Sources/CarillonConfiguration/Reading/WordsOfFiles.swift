#if Configuration
import CarillonTriggers

extension TriggerError {
    /// What JSON calls its kinds of values, and what they are called where a file is written in YAML.
    private static let words = [
        ("an object", "keys and values"), ("an array", "a list"), ("a string", "text"), ("not null", "not nothing"),
    ]

    /// The same error for a user who has written YAML, without JSON's words and without calls of Swift.
    var inWordsOfFiles: TriggerError {
        let reason = Self.words.reduce(forUsers.reason) { reason, word in reason.replacing(word.0, with: word.1) }
        return TriggerError(code, field: field, value: value, reason)
    }
}

extension JSONValue {
    /// What kind of value it is in words that do for YAML, without any of it: it may be a secret.
    var kindWithoutValue: String {
        switch self {
        case .null: "nothing"
        case .bool: "true or false"
        case .integer, .decimal: "a number"
        case .string: "text"
        case .array: "a list"
        case .object: "keys and values"
        }
    }

    /// The same, with a number as it is: one that is out of a range is best told itself.
    var kindWithNumber: String {
        switch self {
        case .bool, .integer, .decimal: kindDescription
        default: kindWithoutValue
        }
    }
}
#endif
