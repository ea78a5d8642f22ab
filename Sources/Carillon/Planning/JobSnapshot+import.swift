/// Ending a job that an import has just added.
extension JobSnapshot {
    /// Returns a change that ends the job, whatever its trigger says, so that a date that has run elsewhere does not
    /// run again; `nil` if it has ended already.
    package func ended() -> JobChange? {
        guard job.state != .ended else { return nil }
        var change = JobChange(job: job)
        change.job.state = .ended
        change.job.next = nil
        return change
    }
}
