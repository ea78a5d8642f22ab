import CarillonTriggers
import Logging

/// The wall clock is set.
extension Engine {
    /// A wall clock that differs by fewer microseconds from what it should show is adjusted, not set.
    private static let clockTolerance: Int64 = 500_000

    /// Where the wall clock shows another time than the one that has passed since it was last looked at.
    func checkClock() {
        guard let offset = wallClockOffset() else { return }
        let step = offset - (clockOffset ?? offset)
        clockOffset = offset
        guard abs(step) > Self.clockTolerance else { return }
        logger.notice("the wall clock was set by \(Duration.microseconds(step))")
        hub.emit(.clockSet(by: step))
        for lane in lanes.values {
            if step < 0 { lane.mustTurnBack = true }
            lane.wake()
        }
    }

    /// The wall clock less the clock that only goes on, in microseconds; nothing where the machine let too much time pass
    /// between reading one and the other, which would look as if the clock had been set.
    func wallClockOffset() -> Int64? {
        let before = clock.monotonic
        let now = clock.now.microseconds
        let after = clock.monotonic
        return after - before < Self.clockTolerance / 10 ? now - after : nil
    }

    /// Has intervals count anew from a clock that was set back; see `JobSnapshot.turnedBack(to:)`.
    func turnBack(_ lane: StoreLane) async throws(CarillonError) {
        let now = clock.now
        var pages = JobPages()
        while let listed = try await pages.next(of: lane.store) {
            for case .job(let job) in listed where job.state == .active {
                do throws(CarillonError) {
                    try await lane.store.edit(job.id, at: now) { (snapshot) throws(CarillonError) in
                        snapshot.turnedBack(to: now)
                    }
                } catch  where error.code == .jobNotFound {
                    continue
                }
            }
        }
        lane.mustTurnBack = false
        lane.mustPass = true
    }
}
