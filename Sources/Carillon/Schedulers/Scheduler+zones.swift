/// Clocks and time zones.
extension Scheduler {
    /// Looks whether time zone data has been replaced, and whether the next time of each job is what its trigger gives
    /// now; one that is not is worked out anew. A scheduler that runs does this by itself at its start, within a minute
    /// after zone files have been replaced, and when the clock was set. It goes on after this has returned.
    public func recheckTimes() async { await engine.recheckAll() }
}

extension Engine {
    fileprivate func recheckAll() {
        lookAtZones()
        recheckTimes()
    }
}
