/// What an import asks of a job that it has just added.
extension JobSnapshot {
    /// The job with no occurrence left, whatever its trigger says: a date that has been run elsewhere is not run again.
    /// Nothing where it has ended already.
    package func ended() -> JobChange? {
        guard job.state != .ended else { return nil }
        var change = JobChange(job: job)
        change.job.state = .ended
        change.job.next = nil
        return change
    }
}
