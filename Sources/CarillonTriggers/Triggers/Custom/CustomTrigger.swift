/// A trigger of your own: a `Codable` value that answers its next fire time.
///
/// ```swift
/// struct Doubling: CustomTrigger {
///     static let typeName = "doubling"
///     var start: Int64
///
///     func next(after time: Instant) -> Instant? {
///         var seconds: Int64 = 1
///         while Instant(seconds: start + seconds) <= time { seconds *= 2 }
///         return Instant(seconds: start + seconds)
///     }
/// }
///
/// let trigger = try Trigger.custom(Doubling(start: 1_767_225_600))
/// ```
///
/// A program that reads stored jobs with such a trigger calls `Trigger.register(Doubling.self)` before its scheduler
/// starts. `docs/triggers-of-your-own.md` tells more.
///
/// Like every trigger it is a pure value: the same question gets the same answer, on every node and after a restart. It
/// reads no clock and draws no random numbers, its fire times do not depend on when it is added, and it answers quickly,
/// since a scheduler asks it while other jobs wait.
public protocol CustomTrigger: Codable, Hashable, Sendable {
    /// The name that the type is stored under, such as `full-moon`: letters, digits, and `-`, `_`, `.` or `:` between
    /// them. It belongs to the stored jobs, so it stays when the type is renamed.
    static var typeName: String { get }

    /// The first fire time after a time, which is later than the time; `nil` if there is none. It is rounded up to a whole
    /// millisecond.
    ///
    /// An answer that is not later is asked for again a microsecond later, in case the time itself counts for the type;
    /// if that is not later either, the trigger has ended.
    func next(after time: Instant) -> Instant?

    /// The last fire time before a time; `nil` if there is none.
    ///
    /// By default it is searched for with `next(after:)`, some hundred questions at most.
    func previous(before time: Instant) -> Instant?

    /// How many fire times lie after one time and at or before another.
    ///
    /// By default they are asked for one by one, and 100,000 at most are counted. The number says how many occurrences a
    /// scheduler that was away has missed.
    func count(after start: Instant, through end: Instant) -> Int

    /// The zone whose clock it follows, or that its fire times are shown in. By default `nil`: they are shown in the
    /// scheduler's.
    var zone: Zone? { get }

    /// The trigger in plain words, such as `every full moon`. By default its name and its parameters.
    var description: String { get }
}

extension CustomTrigger {
    /// Searched for with `next(after:)`.
    public func previous(before time: Instant) -> Instant? {
        FireTimeSearch.previous(before: time) { self.next(after: $0) }
    }

    /// Asked for one by one, 100,000 at most.
    public func count(after start: Instant, through end: Instant) -> Int {
        FireTimeSearch.count(after: start, through: end) { self.next(after: $0) }
    }

    /// None.
    public var zone: Zone? { nil }

    /// The name and the parameters.
    public var description: String {
        let parameters = (try? CustomTriggerForm.parameters(of: self)) ?? .object([])
        return parameters == .object([]) ? Self.typeName : "\(Self.typeName) \(parameters)"
    }
}

extension Trigger {
    /// Fires as a value of your own says, and registers its type in this process.
    ///
    /// - Throws: `TriggerError` if the value cannot be written as JSON, or, as `register(_:)` does, if the name of its
    ///   type is taken or malformed.
    public static func custom(_ value: some CustomTrigger) throws(TriggerError) -> Trigger {
        try register(type(of: value))
        return Trigger(try RegisteredTrigger(value))
    }

    /// Makes a type known, so that stored triggers of it can be read. Call it before the scheduler starts, and as often
    /// as you like.
    ///
    /// Names count for the whole process.
    ///
    /// - Throws: `TriggerError` with `nameTaken` if another type or a built-in kind has the name, and with `invalidValue`
    ///   if it is malformed.
    public static func register<Value: CustomTrigger>(_ type: Value.Type) throws(TriggerError) {
        try TriggerRegistry.shared.register(type)
    }

    /// How many types are registered in this process. It rises with each.
    package static var registeredTypes: Int { TriggerRegistry.shared.count }

    /// The value of a trigger that was made by `custom(_:)`; `nil` if it is of another type.
    public func custom<Value: CustomTrigger>(as _: Value.Type) -> Value? {
        (kind as? RegisteredTrigger<Value>)?.value
    }
}
