public import CarillonTriggers

/// Arguments of a task that can be given by position as well as by name, as clients of a REST API do with `args`.
///
///     struct Greeting: PositionalArguments {
///         static let argumentOrder = ["name", "times"]
///         var name: String
///         var times: Int?
///     }
///     try scheduler.register("greet") { (greeting: Greeting, context) in … }
///
/// A name that is not in the order is refused, and so is an argument that is given both ways.
public protocol PositionalArguments: Decodable, Sendable {
    /// The names of all arguments, in the order of their positions.
    static var argumentOrder: [String] { get }
}

/// The arguments of a task that takes any number of them, by position and by name.
public struct AnyArguments: Codable, Sendable {
    /// Those that are given by position.
    public let positional: [JSONValue]
    /// Those that are given by name, in their order.
    public let named: [JSONValue.Member]

    /// Creates arguments for a job of such a task.
    public init(positional: [JSONValue] = [], named: [JSONValue.Member] = []) {
        self.positional = positional
        self.named = named
    }

    /// Reads the arguments as a job keeps them.
    public init(from decoder: any Decoder) throws {
        let arguments = CallArguments(try JSONValue(from: decoder))
        positional = arguments.positional
        named = arguments.named
    }

    /// Writes the arguments as a job keeps them.
    public func encode(to encoder: any Encoder) throws {
        try CallArguments(positional: positional, named: named).json.encode(to: encoder)
    }
}

/// The arguments of a job as they were given: the positions stay positions.
package struct CallArguments: Hashable, Sendable {
    /// The key that holds the arguments by position in the arguments of a job, an object like all arguments. No argument
    /// has this name.
    package static let positionalKey = "*"

    package var positional: [JSONValue]
    package var named: [JSONValue.Member]

    package init(positional: [JSONValue] = [], named: [JSONValue.Member] = []) {
        self.positional = positional
        self.named = named
    }

    /// The arguments of a job; those that are no object, which no job has, count as none.
    package init(_ json: JSONValue) {
        self.init()
        guard case .object(let members) = json else { return }
        for member in members {
            if member.key == Self.positionalKey, case .array(let values) = member.value {
                positional = values
            } else {
                named.append(member)
            }
        }
    }

    /// The form that a job keeps.
    package var json: JSONValue {
        let positions = positional.isEmpty ? [] : [JSONValue.Member(Self.positionalKey, .array(positional))]
        return .object(positions + named)
    }
}
