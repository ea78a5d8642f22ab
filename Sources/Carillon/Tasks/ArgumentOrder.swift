import CarillonTriggers

/// What a task does with arguments by position.
enum ArgumentOrder: Sendable {
    /// It takes none.
    case byName
    /// They have these names.
    case names([String])
    /// It takes any.
    case any

    init<Arguments>(of type: Arguments.Type) {
        if let type = type as? any PositionalArguments.Type {
            self = .names(type.argumentOrder)
        } else {
            self = type is AnyArguments.Type ? .any : .byName
        }
    }

    /// Returns arguments with names for those that were given by position.
    ///
    /// - Throws: `CarillonError` with `invalidArguments` if the task does not take them.
    func named(_ bytes: [UInt8], of task: TaskName) throws(CarillonError) -> [UInt8] {
        switch self {
        case .any: return bytes
        case .byName:
            // Most arguments do not mention the key.
            guard bytes.contains(UInt8(ascii: "*")), let json = try? JSONReader.value(of: bytes),
                !CallArguments(json).positional.isEmpty
            else { return bytes }
            throw CarillonError(
                .invalidArguments,
                "the task '\(task)' takes its arguments by name; their order is not known, so none can be given by position"
            )
        case .names(let names):
            guard let json = try? JSONReader.value(of: bytes) else { return bytes }
            return try named(CallArguments(json), names, task).bytes
        }
    }

    private func named(
        _ arguments: CallArguments, _ names: [String], _ task: TaskName
    ) throws(CarillonError) -> JSONValue {
        let list = names.map { "'\($0)'" }.joined(separator: ", ")
        guard arguments.positional.count <= names.count else {
            throw CarillonError(
                .invalidArguments,
                "\(arguments.positional.count) arguments are given by position, and the task '\(task)' takes \(names.count): "
                    + list)
        }
        let byPosition = zip(names, arguments.positional).map { JSONValue.Member($0, $1) }
        for member in arguments.named {
            guard names.contains(member.key) else {
                let hint = nearest(to: member.key, among: names).map { "did you mean '\($0)'? It" } ?? "it"
                throw CarillonError(
                    .invalidArguments,
                    "the task '\(task)' has no argument '\(member.key.prefix(60))'; \(hint) has \(list)")
            }
            if byPosition.contains(where: { $0.key == member.key }) {
                throw CarillonError(
                    .invalidArguments, "the argument '\(member.key)' is given by position and by name; give it once")
            }
        }
        return .object(byPosition + arguments.named)
    }
}
