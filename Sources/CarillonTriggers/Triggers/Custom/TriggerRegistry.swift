private import Synchronization

/// The types of users' triggers that this process knows, by name.
final class TriggerRegistry: Sendable {
    static let shared = TriggerRegistry()

    private struct Entry {
        let type: ObjectIdentifier
        let typeDescription: String
        let form: TriggerForm
    }

    private let entries = Mutex<[String: Entry]>([:])

    private init() {}

    /// How many there are; none is ever removed.
    var count: Int { entries.withLock { $0.count } }

    /// The names, in no order.
    var names: [String] { entries.withLock { Array($0.keys) } }

    func form(named name: String) -> TriggerForm? { entries.withLock { $0[name]?.form } }

    /// - Throws: `TriggerError` with `nameTaken` or, if the name is malformed, `invalidValue`.
    func register<Value: CustomTrigger>(_ type: Value.Type) throws(TriggerError) {
        let name = Value.typeName
        let new = Entry(
            type: ObjectIdentifier(type), typeDescription: String(reflecting: type),
            form: CustomTriggerForm.form(of: type))
        let known = entries.withLock { $0[name] }
        if known?.type == new.type { return }
        try check(name)
        guard TriggerKinds.forms[name] == nil else {
            throw TriggerError(
                .nameTaken, value: name,
                "is the name of a built-in kind of trigger; give \(new.typeDescription) another")
        }
        let holder = entries.withLock { entries -> Entry in
            let holder = entries[name] ?? new
            entries[name] = holder
            return holder
        }
        guard holder.type == new.type else {
            throw TriggerError(
                .nameTaken, value: name,
                "is the name of \(holder.typeDescription); give \(new.typeDescription) another")
        }
    }

    private func check(_ name: String) throws(TriggerError) {
        func isLetterOrDigit(_ character: Character) -> Bool {
            character.isASCII && (character.isLetter || character.isNumber)
        }
        let isRight =
            name.utf8.count <= 60 && name.allSatisfy { isLetterOrDigit($0) || "-_.:".contains($0) }
            && [name.first, name.last].allSatisfy { $0.map(isLetterOrDigit) ?? false }
        guard isRight else {
            throw TriggerError(
                .invalidValue, value: name,
                "is not a name for a type of trigger; it has 1 to 60 letters, digits and, between them, '-', '_', '.' or ':'"
            )
        }
    }
}
