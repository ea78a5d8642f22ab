internal import Carillon

/// A job as it was read, with what is kept beside it for searches.
struct FoundJob {
    /// The job and its open runs.
    var snapshot: JobSnapshot
    /// Since when a run of it waits that has room, in microseconds; nothing where none does.
    let waitingSince: Int64?
}
