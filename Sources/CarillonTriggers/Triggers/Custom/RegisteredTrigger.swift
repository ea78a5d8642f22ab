/// A user's trigger as a kind. It holds the answers to what a trigger has to keep to, so that a wrong one can neither hang
/// nor spin a scheduler: fire times are later than the time that was asked about, and whole milliseconds, which come no
/// more often than the shortest interval does.
final class RegisteredTrigger<Value: CustomTrigger>: TriggerKind {
    let value: Value
    private let form: JSONValue

    /// - Throws: `TriggerError` if the value cannot be written as JSON.
    init(_ value: Value) throws(TriggerError) {
        self.value = value
        form = try CustomTriggerForm.parameters(of: value)
    }

    var parameters: Value { value }

    /// None: forms of these types come from the registry.
    static var forms: [TriggerForm] { [] }

    var json: JSONValue {
        var writer = TriggerFormWriter(type: Value.typeName)
        writer.add(CustomTriggerForm.parametersKey, form)
        return writer.json
    }

    func next(after time: Instant) -> Instant? {
        FireTimeSearch.next(after: time.flooredToMillisecond) { self.value.next(after: $0) }?.ceiledToMillisecond
    }

    func previous(before time: Instant) -> Instant? {
        // The last whole millisecond that may be the answer.
        let last = time.advanced(byMicroseconds: -1).flooredToMillisecond
        let behind = last.advanced(byMicroseconds: 1)
        return value.previous(before: behind).flatMap { $0 < behind ? $0.ceiledToMillisecond : nil }
    }

    func count(after start: Instant, through end: Instant) -> Int {
        let (first, last) = (start.flooredToMillisecond, end.flooredToMillisecond)
        guard first < last else { return 0 }
        let milliseconds = Int((last.microseconds - first.microseconds) / 1000)
        return min(max(0, value.count(after: first, through: last)), milliseconds)
    }

    var zone: Zone? { value.zone }
    var hasOwnZone: Bool { zone != nil }

    /// Read again, so that zones that it holds are looked up anew.
    func with(zone _: Zone) -> any TriggerKind { (try? Trigger(json: json).kind) ?? self }

    var description: String { value.description }
}

extension Instant {
    /// The last whole millisecond at or before this instant.
    fileprivate var flooredToMillisecond: Instant {
        Instant(microseconds: microseconds.flooredQuotient(by: 1000) * 1000)
    }

    /// The first whole millisecond at or after this instant.
    fileprivate var ceiledToMillisecond: Instant {
        Instant(microseconds: -(-microseconds).flooredQuotient(by: 1000) * 1000)
    }
}
