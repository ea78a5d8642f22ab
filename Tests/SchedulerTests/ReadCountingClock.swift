import Carillon
import CarillonTesting
import CarillonTriggers
import Synchronization

/// A clock that is moved by hand and counts how often it is read. Unlike those of the clock that it is made of, its alarms
/// ring at once where they are set to a time that has come.
final class ReadCountingClock: SchedulerClock {
    let manual: ManualClock
    private let count = Atomic(0)

    init(_ now: Instant) { manual = ManualClock(now: now) }

    var reads: Int { count.load(ordering: .relaxed) }
    var now: Instant { manual.now }

    var monotonic: Int64 {
        count.add(1, ordering: .relaxed)
        return manual.monotonic
    }

    func sleep(until monotonic: Int64) async throws { try await manual.sleep(until: monotonic) }
}
