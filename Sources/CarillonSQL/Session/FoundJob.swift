internal import Carillon

/// A job as it was read, with the values that searches use.
struct FoundJob {
    /// The job and its open runs.
    var snapshot: JobSnapshot
    /// Since when a run that has room has waited, in microseconds; `nil` if there is none.
    let waitingSince: Int64?
}
