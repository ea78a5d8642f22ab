package import CarillonTriggers

/// Since when a lane could have fired in time; see `Planner.Input.awakeSince`.
///
/// What came due within the last second is in time, and so is what the lane waited for: if it was woken for that in
/// time, a live node was there. If it was woken more than a second late, the process was suspended, or the wall clock
/// was set.
package struct TimelyFiring: Sendable {
    /// A wait of the lane.
    private struct Wait {
        /// When it began, on both clocks; `began` on the monotonic one.
        let began: Int64
        let now: Instant
        /// When it was to end, on the monotonic clock.
        let until: Int64?
        /// When something was next due.
        let due: Instant?
    }

    private var awakeSince: Instant
    /// Whether the lane may have slept past a due time, or could do nothing then.
    private var hasLostTime = false
    /// Since when the missing lease has kept the lane from firing, on the monotonic clock.
    private var asleepSince: Int64?
    private var wait: Wait?

    /// - Parameter since: What is due from then on is fired in time.
    package init(since: Instant) { awakeSince = since }

    /// Records that the lane may have slept past a due time, or could do nothing then.
    package mutating func loseTime() { hasLostTime = true }

    /// Records that the lane waits from now on.
    ///
    /// - Parameters:
    ///   - time: Until when, on the monotonic clock.
    ///   - due: When something is next due.
    package mutating func beginWait(until time: Int64?, due: Instant?, at now: Instant, _ monotonic: Int64) {
        wait = Wait(began: monotonic, now: now, until: time, due: due)
    }

    /// Records that the lane has stopped waiting.
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

    /// Records whether the lane has its lease. What came due while it had none for more than a second could not be
    /// fired in time.
    ///
    /// - Returns: Whether it has regained the lease after more than a second.
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

    /// Returns since when the lane could have fired in time, for a pass at `now`.
    package mutating func awakeSince(at now: Instant) -> Instant {
        // It lies ahead if the clock was set back meanwhile.
        if hasLostTime || awakeSince > now { awakeSince = now }
        hasLostTime = false
        return awakeSince
    }
}
