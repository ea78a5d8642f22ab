extension Trigger {
    /// Reads a trigger from its JSON form, such as `{"type": "interval", "minutes": 5}`.
    ///
    /// - Throws: `TriggerError`, naming the key, its value and what is allowed; with `unregisteredType` if it is a trigger
    ///   of your own whose type is not registered.
    public init(json: JSONValue) throws(TriggerError) {
        var reader = try JSONObjectReader(json, of: "a trigger")
        let type = try reader.requiredString("type")
        guard let form = Self.form(ofType: type) else { throw Self.unknown(type, in: json) }
        // What is wrong with a value, or missing, is often that a key is misspelt.
        try reader.refuseKeys(except: form.keys) { Self.refusal(ofKey: $0, ofType: type) }
        self.init(try form.read(&reader))
    }

    /// The form that a word behind `type` stands for: that of a kind, or of a registered type.
    static func form(ofType type: String) -> TriggerForm? {
        TriggerKinds.forms[type] ?? TriggerRegistry.shared.form(named: type)
    }

    private static func unknown(_ type: String, in json: JSONValue) -> TriggerError {
        if json[CustomTriggerForm.parametersKey] != nil, !type.isEmpty {
            let hint =
                nearest(to: type, among: names).map { "did you mean '\($0)'? If it is a type of your own, " } ?? ""
            return TriggerError(
                .unregisteredType, field: "type", value: type,
                "is a type of trigger that is not registered; \(hint)call Trigger.register(_:) with it before the scheduler "
                    + "starts"
            )
        }
        return TriggerError(
            .invalidValue, field: "type", value: type,
            "\(type.isEmpty ? "is empty" : "is not a kind of trigger"); \(likeliest(to: type))"
        )
    }

    /// The words that may stand behind `type`, sorted.
    private static var names: [String] { (TriggerKinds.forms.keys + TriggerRegistry.shared.names).sorted() }

    /// Which kind was meant, or all kinds.
    fileprivate static func likeliest(to type: String) -> String {
        let hint = nearest(to: type, among: names).map { "did you mean '\($0)'?" }
        return hint ?? "the kinds are \(names.joined(separator: ", "))"
    }

    /// The keys that a kind of trigger may have in its JSON form; `nil` if there is no such kind.
    package static func keys(ofType type: String) -> [String]? { form(ofType: type)?.keys }

    /// The keys of all kinds of trigger that are built in.
    package static var keysOfAllTypes: Set<String> { Set(TriggerKinds.forms.values.flatMap(\.keys)) }

    /// The kinds of trigger that have a key, sorted.
    package static func types(withKey key: String) -> [String] {
        TriggerKinds.forms.filter { $0.value.keys.contains(key) }.keys.sorted()
    }

    /// What to say of a key that a kind of trigger does not have: which of its keys was meant or, if none is like it,
    /// which kinds have it.
    package static func refusal(ofKey key: String, ofType type: String) -> String {
        let keys = keys(ofType: type) ?? []
        let types = types(withKey: key).map { "'\($0)'" }
        guard !types.isEmpty, nearest(to: key, among: keys) == nil else {
            return CarillonTriggers.refusal(ofKey: key, among: keys)
        }
        let words = "the type\(types.count == 1 ? "" : "s") \(EnglishText.list(types, "and"))"
        return "is not a key here; it belongs to triggers of \(words), and this one is of the type '\(type)'"
    }
}

extension Trigger: Codable {
    /// Reads the JSON form from any decoder.
    ///
    /// - Throws: `DecodingError` with the `TriggerError` under it.
    public init(from decoder: any Decoder) throws {
        self = try JSONValue.read(from: decoder, Self.init(json:))
    }

    /// Writes the JSON form.
    public func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }
}

extension TriggerError {
    /// The error for a user of a program, who cannot register types of triggers.
    package var forUsers: TriggerError {
        guard code == .unregisteredType else { return self }
        return TriggerError(
            code, field: field, value: value,
            "is not a kind of trigger that this program has; \(Trigger.likeliest(to: value))")
    }
}
