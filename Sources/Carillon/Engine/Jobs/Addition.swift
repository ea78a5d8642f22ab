import CarillonTriggers

/// Jobs that a caller adds to a store, until the store has answered.
///
/// It belongs to an actor, like `AsyncLock`.
final class Addition {
    let jobs: [PendingJob]
    /// When the jobs say that they were added; `nil` for the time of the call of the store.
    let time: Instant?
    /// The store's answer; `nil` until it has come.
    private(set) var result: Result<[Job?], CarillonError>?
    private var waiter: CheckedContinuation<Void, Never>?
    /// Whether the caller has to write this addition itself, with what waits behind it, and to wake the next one
    /// afterwards.
    private(set) var adderWrites = false

    init(_ jobs: [PendingJob], at time: Instant?) {
        self.jobs = jobs
        self.time = time
    }

    /// Returns the jobs for the store.
    func newJobs(at now: Instant) -> [NewJob] {
        jobs.map { NewJob(id: $0.id, definition: $0.definition, added: time ?? now, isPaused: $0.isPaused) }
    }

    /// Whether it is a single job that is due. For several jobs, a pass of their own costs little per job.
    func isDue(at now: Instant) -> Bool {
        guard jobs.count == 1 else { return false }
        return newJobs(at: now).contains { $0.job(generation: 1).isDue(at: now) }
    }

    /// Returns when the store has answered, or when the caller has to write the addition itself.
    nonisolated(nonsending) func wait() async {
        await withCheckedContinuation { continuation in
            // Checked inside, since other tasks may have run in between.
            if result == nil, !adderWrites { waiter = continuation } else { continuation.resume() }
        }
    }

    func answer(_ result: Result<[Job?], CarillonError>) {
        self.result = result
        resume()
    }

    /// Makes the caller write the addition.
    func letWrite() {
        adderWrites = true
        resume()
    }

    private func resume() {
        waiter?.resume()
        waiter = nil
    }
}

/// Additions to one store that have not reached it. They are written together: by the next pass, or by the caller whose
/// addition came first.
///
/// It belongs to an actor, like `AsyncLock`.
struct AdditionQueue {
    /// Additions that wait for a pass of the lane.
    private var forPass: FirstInFirstOut<Addition> = FirstInFirstOut()
    /// Additions that wait for the first of them, whose caller is about to write.
    private var others: FirstInFirstOut<Addition> = FirstInFirstOut()
    /// Whether one of the callers is about to write.
    private var hasWriter = false

    /// Whether an addition waits for a pass.
    var needsPass: Bool { !forPass.isEmpty }

    /// Whether no addition waits, and no caller is about to write.
    var isIdle: Bool { forPass.isEmpty && others.isEmpty && !hasWriter }

    var count: Int { forPass.count + others.count }

    mutating func appendForPass(_ addition: Addition) { forPass.append(addition) }

    /// Adds an addition, which its caller writes if no other caller is about to.
    mutating func append(_ addition: Addition) {
        others.append(addition)
        guard !hasWriter else { return }
        hasWriter = true
        addition.letWrite()
    }

    /// Lets the callers write what waits for a pass, since there will be none.
    mutating func giveUpPass() {
        while let addition = forPass.popFirst() { append(addition) }
    }

    /// Removes and returns the additions for one call of the store, those that wait for a pass first.
    ///
    /// - Parameter limit: The most jobs; exceeded if the first addition alone has more.
    mutating func takeAll(limit: Int) -> [Addition] {
        var taken: [Addition] = []
        var count = 0
        Self.take(from: &forPass, &taken, &count, limit)
        if forPass.isEmpty { Self.take(from: &others, &taken, &count, limit) }
        return taken
    }

    /// Removes and returns the additions for one call of the store, leaving those that wait for a pass.
    mutating func takeOthers(limit: Int) -> [Addition] {
        var taken: [Addition] = []
        var count = 0
        Self.take(from: &others, &taken, &count, limit)
        return taken
    }

    private static func take(
        from queue: inout FirstInFirstOut<Addition>, _ taken: inout [Addition], _ count: inout Int, _ limit: Int
    ) {
        while let next = queue.first, taken.isEmpty || next.jobs.count <= limit - count {
            count += next.jobs.count
            taken.append(next)
            _ = queue.popFirst()
        }
    }

    /// Lets the next caller write, since the one before is done.
    mutating func writerIsDone() {
        guard let next = others.first else {
            hasWriter = false
            return
        }
        next.letWrite()
    }
}
