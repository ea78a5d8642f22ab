/// How much earlier a thread sets its timer, since timers always come late: a sleeping processor takes time to wake,
/// some 5 µs on a physical machine and 50 to 100 µs on a virtual one.
///
/// It is the smallest lateness of the last wake-ups. So the thread wakes too early only if it was quicker than in all
/// of them, and then has less than the lead to wait for awake.
package struct WakeUpLead {
    /// The most lateness that counts, in microseconds: only a machine that is busy with something else is later.
    package static let limit: Int64 = 200
    /// How many wake-ups are remembered; until there have been as many, there is no lead.
    package static let memory = 16

    private var latenesses = [Int64](repeating: 0, count: memory)
    private var position = 0
    /// How long before its time the thread asks to be woken.
    package private(set) var microseconds: Int64 = 0

    package init() {}

    /// Records how many microseconds a wake-up came after the requested time.
    package mutating func note(lateness: Int64) {
        latenesses[position] = min(max(lateness, 0), Self.limit)
        position = (position + 1) % Self.memory
        microseconds = latenesses.min() ?? 0
    }
}
