/// What every kind of trigger answers: the one place that says what a trigger is.
///
/// A kind says what it was made of, how it is read and written as JSON, its next fire time, and how it is told in
/// words. Everything else has a default in `TriggerKind+defaults.swift`. A new kind is a folder beside the others and a
/// line in `TriggerKinds`; see `docs/triggers-of-your-own.md`.
protocol TriggerKind: AnyObject, Hashable, Sendable, CustomStringConvertible {
    // MARK: What a kind has to say

    /// All that was given when it was made. Two triggers of a kind are equal if these are.
    associatedtype Parameters: Hashable & Sendable

    /// What it was made of.
    var parameters: Parameters { get }

    /// The JSON forms it is read from; most kinds have one.
    static var forms: [TriggerForm] { get }

    /// The JSON form it is written in.
    var json: JSONValue { get }

    /// The first fire time after a time; `nil` if there is none.
    func next(after time: Instant) -> Instant?

    /// The trigger in plain words.
    var description: String { get }

    // MARK: Other fire times

    /// The last fire time before a time. By default it is searched for with `next(after:)`.
    func previous(before time: Instant) -> Instant?

    /// How many fire times lie after one time and at or before another. By default they are walked.
    func count(after start: Instant, through end: Instant) -> Int

    /// How its fire times come about, for a search for those that several triggers have in common. By default `unknown`.
    var firing: FiringRule { get }

    /// The microseconds from each fire time to the next, if that is always the same. By default `nil`.
    var period: Int64? { get }

    /// The one fire time, of a kind that fires once even if it is added later than that. By default `nil`.
    var onlyFireTime: Instant? { get }

    /// The fire time that a job of it begins with, even if it is added later than that. By default `onlyFireTime`.
    var fixedFirst: Instant? { get }

    /// The most microseconds that a job may start after its scheduled time, at random. By default 0.
    var jitter: Int64 { get }

    /// The end date, if there is one for all fire times; jitter does not reach beyond it. By default `nil`.
    var end: Instant? { get }

    // MARK: Kinds that are put together from other triggers

    /// The triggers it is put together from. By default none.
    var parts: [Trigger] { get }

    /// The same with other parts, as many as before. By default itself.
    func with(parts: [Trigger]) -> any TriggerKind

    // MARK: Kinds that depend on the moment they are added

    /// Whether nothing of it depends on the moment it is added. By default it is so if all parts are.
    var isAnchored: Bool { get }

    /// The same with everything fixed that depends on the moment it is added. By default its parts are.
    func anchored(at time: Instant) -> any TriggerKind

    /// Whether it is the given trigger, or what became of that when it was added. By default whether they are equal, or
    /// have parts of which that is true.
    func isSame(asGiven given: any TriggerKind) -> Bool

    /// Whether it counts elapsed time; see `Trigger.countsElapsedTime`. By default not.
    var countsElapsedTime: Bool { get }

    /// What becomes of it when the clock is set back; see `Trigger.turnedBack`. By default nothing does.
    func turnedBack(to now: Instant, next: Instant, added: Instant) -> (kind: any TriggerKind, next: Instant)?

    // MARK: Kinds with a zone

    /// The zone whose clock it follows, or is shown in. By default `nil`.
    var zone: Zone? { get }

    /// Whether the zone was given with the trigger. By default not.
    var hasOwnZone: Bool { get }

    /// The same in another zone. By default itself.
    func with(zone: Zone) -> any TriggerKind

    /// The wall times it selects and what clock changes do to them. By default `nil`: it follows no clock.
    var wallTimes: (any WallTimes)? { get }

    // MARK: What is said of it

    /// The description without the time that repetitions are counted from, for a place that shows the next fire time
    /// beside it. By default the description.
    var summary: String { get }

    /// The start date from which elapsed time is counted. By default `nil`.
    var countedFrom: Instant? { get }

    /// What its wording does that one may not expect, each in one sentence without a full stop. By default what there is
    /// to say of its parts.
    var remarksOnWording: [String] { get }

    /// The same, and what clock changes do that one may not expect. By default the same alone.
    func remarks(after time: Instant) -> [String]

    /// What a clock change does to the times of day of a kind with a period.
    func drifts(at change: Zone.ClockChange) -> [String]

    /// What a clock change does to one of its fire times. By default what it does to `wallTimes`.
    func clockChangeNote(at fireTime: Instant, by clock: Zone?) -> ClockChangeNote?

    /// What it does with wall times that a clock change skips. By default what becomes of `wallTimes`.
    func skippedTimes(by change: Zone.ClockChange) -> SkippedTimes

    // MARK: Comparing

    /// Whether another trigger is of the same kind and equal.
    func isEqual(to other: any TriggerKind) -> Bool

    /// A hash that may leave parameters out. By default the hash of all parameters.
    var quickHash: Int { get }
}
