/// Clocks and time zones.
extension Scheduler {
    /// Checks whether time zone data has been replaced, and whether each job's next time is what its trigger now gives;
    /// if not, recomputes it.
    ///
    /// A running scheduler does this by itself at its start, within a minute after zone files have been replaced, and
    /// when the clock was set. This returns before it is done.
    public func recheckTimes() async { await engine.recheckAll() }
}

extension Engine {
    fileprivate func recheckAll() {
        lookAtZones()
        recheckTimes()
    }
}
