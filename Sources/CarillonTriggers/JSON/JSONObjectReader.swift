/// Takes the keys of a JSON object one after another and, at the end, refuses any that were not taken.
package struct JSONObjectReader {
    private let members: [JSONValue.Member]
    private var known: [String] = []
    private var takenCount = 0

    /// - Parameter what: What the object stands for, for an error: `a trigger`.
    /// - Throws: `TriggerError` if the value is no object.
    package init(_ value: JSONValue, of what: String) throws(TriggerError) {
        guard case .object(let members) = value else {
            throw TriggerError(.invalidValue, "\(what) must be an object, not \(value.kindDescription)")
        }
        self.members = members
    }

    /// The value of a key, if it is there. Null is not the same as absent.
    package mutating func value(_ key: String) -> JSONValue? {
        known.append(key)
        guard let member = members.first(where: { $0.key.utf8.elementsEqual(key.utf8) }) else { return nil }
        takenCount += 1
        return member.value
    }

    package mutating func required(_ key: String) throws(TriggerError) -> JSONValue {
        guard let value = value(key) else { throw TriggerError(.missingField, field: key, "is missing") }
        return value
    }

    package mutating func string(_ key: String) throws(TriggerError) -> String? {
        try value(key).map { (value) throws(TriggerError) in try Self.string(value, key) }
    }

    package mutating func requiredString(_ key: String) throws(TriggerError) -> String {
        try Self.string(try required(key), key)
    }

    /// A whole number; numbers with fraction or exponent, strings and booleans are refused.
    package mutating func integer(_ key: String) throws(TriggerError) -> Int? {
        try value(key).map { (value) throws(TriggerError) in
            guard case .integer(let number) = value else {
                throw TriggerError(.invalidValue, field: key, "must be a whole number, not \(value.kindDescription)")
            }
            return Int(number)
        }
    }

    /// A number of seconds: whole, or with up to six digits behind the point.
    mutating func seconds(_ key: String) throws(TriggerError) -> DecimalSeconds? {
        guard let value = value(key) else { return nil }
        switch value {
        case .integer(let number): return DecimalSeconds(seconds: Int(number))
        case .decimal(let text):
            if let seconds = DecimalSeconds(text) { return seconds }
            throw TriggerError(
                .invalidValue, field: key,
                "must be a number of seconds in plain digits, with at most six behind the point, not "
                    + value.kindDescription)
        default:
            throw TriggerError(.invalidValue, field: key, "must be a number of seconds, not \(value.kindDescription)")
        }
    }

    package mutating func moment(_ key: String, form: Moment.Form = .any) throws(TriggerError) -> Moment? {
        try string(key).map { (text) throws(TriggerError) in try Moment(text: text, form: form, field: key) }
    }

    package mutating func zone(_ key: String) throws(TriggerError) -> Zone? {
        try string(key).map { (name) throws(TriggerError) in
            try Zone(named: name, field: key)
        }
    }

    /// One of several words.
    package mutating func choice<Choice>(_ key: String, _: Choice.Type) throws(TriggerError) -> Choice?
    where Choice: RawRepresentable<String> & CaseIterable {
        try string(key).map { (text) throws(TriggerError) in
            guard let choice = Choice(rawValue: text) else {
                let words = Choice.allCases.map(\.rawValue)
                throw TriggerError(
                    .invalidValue, field: key, value: text,
                    text.isEmpty
                        ? "is empty; it is one of \(words.joined(separator: ", "))"
                        : refusal(ofWord: text, among: words))
            }
            return choice
        }
    }

    /// - Throws: `TriggerError` with `unknownField` for a key that was not asked for.
    package func finish() throws(TriggerError) {
        guard takenCount < members.count else { return }
        try refuseKeys(except: known)
    }

    /// - Parameter refusal: What to say of a key, where that is more than which of these was meant.
    /// - Throws: `TriggerError` with `unknownField` for a key that is none of these.
    package func refuseKeys(
        except keys: [String], saying refusal: ((String) -> String)? = nil
    ) throws(TriggerError) {
        for member in members where !keys.contains(where: { $0.utf8.elementsEqual(member.key.utf8) }) {
            throw TriggerError(
                .unknownField,
                value: member.key.isEmpty ? "\"\"" : member.key,
                refusal?(member.key) ?? CarillonTriggers.refusal(ofKey: member.key, among: keys)
            )
        }
    }

    private static func string(_ value: JSONValue, _ key: String) throws(TriggerError) -> String {
        guard case .string(let text) = value else {
            throw TriggerError(.invalidValue, field: key, "is a string, not \(value.kindDescription)")
        }
        return text
    }
}
