import CarillonTriggers

/// Requests to run a job now whose runs have not been made. The next pass makes the runs, and takes those that it has
/// room for in the same commit.
///
/// It belongs to an actor, like `AsyncLock`.
struct RunRequests {
    /// A request, until it is known whether a pass has made its run.
    struct Request {
        let job: JobID
        fileprivate let answer: CheckedContinuation<Result<Run.ID?, CarillonError>, Never>

        /// Answers the request with the run that was made; if that is `nil`, the caller makes the run.
        func settle(_ result: Result<Run.ID?, CarillonError>) { answer.resume(returning: result) }
    }

    private var waiting: [Request] = []

    var isEmpty: Bool { waiting.isEmpty }

    mutating func append(_ job: JobID, _ answer: CheckedContinuation<Result<Run.ID?, CarillonError>, Never>) {
        waiting.append(Request(job: job, answer: answer))
    }

    /// Removes and returns the requests for one pass: one for each job, since two runs planned from one version would
    /// be the same.
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

    /// Lets the callers make their runs, since there will be no pass.
    mutating func giveUp() {
        for request in waiting { request.settle(.success(nil)) }
        waiting = []
    }
}
