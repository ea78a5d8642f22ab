/// Why a trigger, a zone or a date was refused.
public struct TriggerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of thing is wrong. New codes may be added: always have a default in a `switch`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The name of the code.
        public let description: String

        /// A key that the trigger does not have.
        public static let unknownField = Code(description: "unknownField")
        /// A key that the trigger needs.
        public static let missingField = Code(description: "missingField")
        /// A value of the wrong type, form or range.
        public static let invalidValue = Code(description: "invalidValue")
        /// A zone name the time zone database does not have.
        public static let unknownZone = Code(description: "unknownZone")
        /// A zone file that is damaged, or of a kind that is not supported.
        public static let unreadableZone = Code(description: "unreadableZone")
        /// The machine has no time zone database.
        public static let missingZoneDatabase = Code(description: "missingZoneDatabase")
        /// The name of a type of trigger that another type or a built-in kind has.
        public static let nameTaken = Code(description: "nameTaken")
        /// A stored trigger whose type is not registered; see `Trigger.register(_:)`.
        public static let unregisteredType = Code(description: "unregisteredType")
        /// Text that is not JSON.
        public static let malformedJSON = Code(description: "malformedJSON")
    }

    /// What kind of thing is wrong.
    public let code: Code
    /// Where the value stands, outermost first, such as `triggers[1].minute`; empty if it stands alone.
    public private(set) var field: String
    /// What was given, shortened to 60 characters; empty if nothing was.
    public let value: String
    /// What is wrong and what is allowed, in one sentence without a full stop.
    public let reason: String

    package init(_ code: Code, field: String = "", value: String = "", _ reason: String) {
        self.code = code
        self.field = field
        self.value = Self.shortened(value)
        self.reason = reason
    }

    /// One line for a person: the field, the value and what is allowed.
    public var description: String { field.isEmpty ? sentence : "\(field): \(sentence)" }

    /// The same without the field. A value that has quotes of its own, as JSON text has, gets no others.
    package var sentence: String {
        if value.isEmpty { return reason }
        let isQuoted = value.utf8.count > 1 && value.hasPrefix("\"") && (value.hasSuffix("\"") || value.hasSuffix("…"))
        return isQuoted ? "\(value) \(reason)" : "'\(value)' \(reason)"
    }

    /// The same error seen from one level further out.
    package func inside(_ outer: String) -> TriggerError {
        var error = self
        if field.isEmpty {
            error.field = outer
        } else if field.hasPrefix("[") {
            error.field = outer + field
        } else {
            error.field = "\(outer).\(field)"
        }
        return error
    }

    /// The same error seen from inside a value that stands alone.
    func without(_ outer: String) -> TriggerError {
        var error = self
        if field == outer {
            error.field = ""
        } else if field.hasPrefix("\(outer).") {
            error.field = String(field.dropFirst(outer.count + 1))
        }
        return error
    }

    private static func shortened(_ text: String) -> String {
        var clean = ""
        for scalar in text.unicodeScalars.prefix(60) {
            let isControl = scalar.properties.generalCategory == .control
            clean += isControl ? scalar.escaped(asASCII: true) : String(Character(scalar))
        }
        return text.unicodeScalars.count > 60 ? clean + "…" : clean
    }
}
