import Synchronization

/// An alarm for any clock that can sleep.
final class SleepingAlarm: Alarm {
    private let clock: any SchedulerClock
    private let ring: @Sendable () -> Void
    private let sleeper = Mutex<(deadline: Int64, task: Task<Void, Never>)?>(nil)

    init(clock: any SchedulerClock, _ ring: @escaping @Sendable () -> Void) {
        self.clock = clock
        self.ring = ring
    }

    func set(_ monotonic: Int64?) {
        sleeper.withLock { sleeper in
            if let sleeper, sleeper.deadline == monotonic, monotonic.map({ $0 > clock.monotonic }) ?? true { return }
            sleeper?.task.cancel()
            sleeper = monotonic.map { deadline in
                let task = Task { [clock, ring] in
                    do { try await clock.sleep(until: deadline) } catch { return }
                    ring()
                }
                return (deadline, task)
            }
        }
    }

    func stop() { set(nil) }
}
