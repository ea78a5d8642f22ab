package import CarillonTriggers

/// A pause of one node's scheduler. It is not stored: other nodes go on.
///
/// During the pause, the node neither fires nor takes. Occurrences that were due during the pause, and that no other
/// node has fired, do not run late afterwards: they are recorded as `skipped(schedulerPaused)`, whatever the misfire
/// grace. Occurrences that were due before the pause are late as usual, and are planned in a separate pass, before
/// those that the pause skipped.
package struct SchedulerPause: Hashable, Sendable {
    /// When the pause began.
    package let since: Instant
    /// When the pause ended; `nil` during the pause. Occurrences due from then on fire.
    package let until: Instant?

    /// Creates a pause.
    package init(since: Instant, until: Instant? = nil) {
        self.since = since
        self.until = until
    }

    /// Whether the pause has not ended.
    var isOn: Bool { until == nil }
}
