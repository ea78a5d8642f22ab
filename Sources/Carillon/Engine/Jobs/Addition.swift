import CarillonTriggers

/// Jobs that somebody adds to a store, until the store has answered.
///
/// It belongs to an actor, like `AsyncLock`.
final class Addition {
    let jobs: [PendingJob]
    /// What the jobs say of when they were added; the time of the call of the store where nothing is given.
    let time: Instant?
    /// What became of them.
    private(set) var result: Result<[Job?], CarillonError>?
    private var waiter: CheckedContinuation<Void, Never>?
    /// Whether its adder is to write it, and what waits with it, itself, and to send the next one afterwards.
    private(set) var adderWrites = false

    init(_ jobs: [PendingJob], at time: Instant?) {
        self.jobs = jobs
        self.time = time
    }

    /// What the store is given.
    func newJobs(at now: Instant) -> [NewJob] {
        jobs.map { NewJob(id: $0.id, definition: $0.definition, added: time ?? now, isPaused: $0.isPaused) }
    }

    /// Whether it is one job that is due. Of many, a pass of their own costs each next to nothing.
    func isDue(at now: Instant) -> Bool {
        guard jobs.count == 1 else { return false }
        return newJobs(at: now).contains { $0.job(generation: 1).isDue(at: now) }
    }

    /// Returns when the store has answered, or when the adder is to write it.
    nonisolated(nonsending) func wait() async {
        await withCheckedContinuation { continuation in
            // Asked inside, since others may have had their turn before.
            if result == nil, !adderWrites { waiter = continuation } else { continuation.resume() }
        }
    }

    func answer(_ result: Result<[Job?], CarillonError>) {
        self.result = result
        resume()
    }

    /// Has the adder write it.
    func letWrite() {
        adderWrites = true
        resume()
    }

    private func resume() {
        waiter?.resume()
        waiter = nil
    }
}

/// Additions to one store that have not got to it. They are written together: by the pass that is made next, or by the
/// adder whose addition came first.
///
/// It belongs to an actor, like `AsyncLock`.
struct AdditionQueue {
    /// Those that wait for a pass of the lane.
    private var forPass: FirstInFirstOut<Addition> = FirstInFirstOut()
    /// Those that wait for the first of them, whose adder is on its way to the store.
    private var others: FirstInFirstOut<Addition> = FirstInFirstOut()
    /// Whether one of the adders is on its way to the store.
    private var hasWriter = false

    /// Whether any waits for a pass.
    var needsPass: Bool { !forPass.isEmpty }

    /// Whether none waits, and no adder is on its way.
    var isIdle: Bool { forPass.isEmpty && others.isEmpty && !hasWriter }

    var count: Int { forPass.count + others.count }

    mutating func appendForPass(_ addition: Addition) { forPass.append(addition) }

    /// Adds one that its adder writes if nobody else is on the way.
    mutating func append(_ addition: Addition) {
        others.append(addition)
        guard !hasWriter else { return }
        hasWriter = true
        addition.letWrite()
    }

    /// There will be no pass: what waits for one is written by the adders.
    mutating func giveUpPass() {
        while let addition = forPass.popFirst() { append(addition) }
    }

    /// Takes what one call of the store adds: those that wait for a pass first.
    ///
    /// - Parameter limit: The most jobs; more where the first addition alone has more.
    mutating func takeAll(limit: Int) -> [Addition] {
        var taken: [Addition] = []
        var count = 0
        Self.take(from: &forPass, &taken, &count, limit)
        if forPass.isEmpty { Self.take(from: &others, &taken, &count, limit) }
        return taken
    }

    /// The same of those that wait for no pass.
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

    /// The adder that was on its way has been there: the next one goes.
    mutating func writerIsDone() {
        guard let next = others.first else {
            hasWriter = false
            return
        }
        next.letWrite()
    }
}
