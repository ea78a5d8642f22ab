import CarillonTriggers

/// Jobs that somebody wants run at once, and whose runs have not been made: the next pass makes them, and takes those that
/// it has room for in the same commit.
///
/// It belongs to an actor, like `AsyncLock`.
struct RunRequests {
    /// A request, until it is known whether a pass has made the run.
    struct Request {
        let job: JobID
        fileprivate let answer: CheckedContinuation<Result<Run.ID?, CarillonError>, Never>

        /// Says which run was made; where it was none, the caller makes it.
        func settle(_ result: Result<Run.ID?, CarillonError>) { answer.resume(returning: result) }
    }

    private var waiting: [Request] = []

    var isEmpty: Bool { waiting.isEmpty }

    mutating func append(_ job: JobID, _ answer: CheckedContinuation<Result<Run.ID?, CarillonError>, Never>) {
        waiting.append(Request(job: job, answer: answer))
    }

    /// Takes what one pass makes: one run a job, since two of one version would be the same.
    mutating func take(limit: Int) -> [Request] {
        guard !waiting.isEmpty else { return [] }
        var jobs: Set<JobID> = []
        var taken: [Request] = []
        var rest: [Request] = []
        for request in waiting {
            if taken.count < limit, jobs.insert(request.job).inserted {
                taken.append(request)
            } else {
                rest.append(request)
            }
        }
        waiting = rest
        return taken
    }

    /// There will be no pass: the callers make their runs.
    mutating func giveUp() {
        for request in waiting { request.settle(.success(nil)) }
        waiting = []
    }
}
