package import CarillonTriggers

/// Since when a lane could have fired in time; see `Planner.Input.awakeSince`.
///
/// What came due within the last second is in time, and so is what the lane waited for: where it was woken for that in time,
/// a live node was there. Where it was woken more than a second late, the process stood still, or the wall clock was set.
package struct TimelyFiring: Sendable {
    /// A time for which the lane does nothing.
    private struct Wait {
        /// When it began, on both clocks.
        let began: Int64
        let now: Instant
        /// When it was to end.
        let until: Int64?
        /// When something was due next.
        let due: Instant?
    }

    private var awakeSince: Instant
    /// Whether the lane may have slept past a due time, or could do nothing then.
    private var hasLostTime = false
    /// Since when its lease has kept the lane from firing, on the monotonic clock.
    private var asleepSince: Int64?
    private var wait: Wait?

    /// - Parameter since: What is due from then on is fired in time.
    package init(since: Instant) { awakeSince = since }

    /// Notes that the lane may have slept past a due time, or could do nothing then.
    package mutating func loseTime() { hasLostTime = true }

    /// Notes that the lane waits from now on.
    ///
    /// - Parameters:
    ///   - time: Until when, on the monotonic clock.
    ///   - due: When something is due next.
    package mutating func beginWait(until time: Int64?, due: Instant?, at now: Instant, _ monotonic: Int64) {
        wait = Wait(began: monotonic, now: now, until: time, due: due)
    }

    /// Notes that the lane waits no longer.
    ///
    /// - Returns: Whether it may have slept past a due time.
    package mutating func endWait(at now: Instant, _ monotonic: Int64) -> Bool {
        guard let wait else { return false }
        self.wait = nil
        let isLate = wait.until.map { monotonic - max($0, wait.began) > StorePass.stallLimit } ?? false
        let step = now.microseconds - wait.now.microseconds - (monotonic - wait.began)
        let isLost = isLate || abs(step) > StorePass.stallLimit
        if isLost { hasLostTime = true }
        let recent = now.advanced(byMicroseconds: -StorePass.stallLimit)
        awakeSince = max(awakeSince, min(recent, wait.due ?? recent))
        return isLost
    }

    /// Notes whether the lane has its lease: what came due while it had none for more than a second could not be fired in
    /// time.
    ///
    /// - Returns: Whether it has it again after it had none for so long.
    package mutating func note(isAwake: Bool, at monotonic: Int64) -> Bool {
        guard isAwake else {
            asleepSince = asleepSince ?? monotonic
            return false
        }
        guard let since = asleepSince else { return false }
        asleepSince = nil
        let isLost = monotonic - since > StorePass.stallLimit
        if isLost { hasLostTime = true }
        return isLost
    }

    /// Since when the lane could have fired in time, for a pass at a time.
    package mutating func awakeSince(at now: Instant) -> Instant {
        // It lies ahead where the clock was set back meanwhile.
        if hasLostTime || awakeSince > now { awakeSince = now }
        hasLostTime = false
        return awakeSince
    }
}
