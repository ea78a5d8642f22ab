package import CarillonTriggers

/// A pause of one node's scheduler. It is not stored: other nodes go on.
///
/// While it lasts, the node neither fires nor takes. What was due meanwhile and that no other node has fired does not run
/// late when it is over: it is recorded as `skipped(schedulerPaused)`, whatever the misfire grace. What was due before
/// the pause is late as ever, and is planned in a pass of its own, before what the pause skipped.
package struct SchedulerPause: Hashable, Sendable {
    /// When it began.
    package let since: Instant
    /// When it was over; nothing while it lasts. What is due from then on fires.
    package let until: Instant?

    /// Puts it together.
    package init(since: Instant, until: Instant? = nil) {
        self.since = since
        self.until = until
    }

    /// Whether it lasts.
    var isOn: Bool { until == nil }
}
