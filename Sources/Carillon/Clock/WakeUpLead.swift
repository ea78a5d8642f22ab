/// By how much earlier a thread has a timer wake it, since it always comes late: a processor that sleeps takes time to
/// wake, which is some 5 µs on a machine of one's own and 50 to 100 µs on a virtual one.
///
/// It is the least by which any of the last wake-ups was late. So the thread comes too early only where it was quicker
/// than in all of them, and what is then left, which it has to wait for awake, is less than the lead.
package struct WakeUpLead {
    /// Late by more than this only a machine is that is busy with something else.
    package static let limit: Int64 = 200
    /// How many wake-ups are remembered; before there have been as many there is no lead.
    package static let memory = 16

    private var latenesses = [Int64](repeating: 0, count: memory)
    private var position = 0
    /// How long before its time the thread asks to be woken.
    package private(set) var microseconds: Int64 = 0

    /// Nothing is known yet.
    package init() {}

    /// A wake-up came so many microseconds after the time that was asked for.
    package mutating func note(lateness: Int64) {
        latenesses[position] = min(max(lateness, 0), Self.limit)
        position = (position + 1) % Self.memory
        microseconds = latenesses.min() ?? 0
    }
}
