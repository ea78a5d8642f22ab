import Carillon
import CarillonTriggers
import Synchronization

/// A store that does what another one does, and gets into trouble when it is told to.
final class TroubledStore: JobStore {
    enum Trouble: Sendable {
        case none
        /// Every call throws, and does nothing.
        case unavailable
        /// Calls that write throw, and those that read are answered: a disk that is full.
        case refusingWrites
        /// Passes and additions of jobs write, and then throw.
        case unavailableAfterWriting
        /// No job can be read; what is known of their runs is refused.
        case hidingJobs
        /// No job and no run of them can be read.
        case hidingRuns
        /// Notes of runs are refused, all else is done.
        case refusingNotes
        /// Heartbeats throw, all else is done.
        case refusingHeartbeats
        /// Calls do not return until it ends.
        case hanging
        /// Heartbeats do not return until it ends.
        case hangingAtHeartbeats
        /// Passes write, and their answers do not come until it ends; no other call gets to the store. So does a process
        /// that is stopped see it.
        case frozen
        /// Passes do not return until it ends.
        case hangingAtPasses
        /// Clearing history does not return until it ends.
        case hangingAtPruning
        /// Additions of jobs do not return until it ends.
        case hangingAtAdditions
        /// The pages of listings but the first do not return until it ends.
        case hangingAtLaterPages
        /// Every pass is planned twice, as by a store that has to try its transaction again.
        case planningTwice
        /// A pass is tried again since somebody removed a job in between; then the trouble is over.
        case losing(JobID)
    }

    /// A call that changes jobs or asks when they are due.
    enum Call: Equatable, Sendable {
        /// With the ids of the jobs to add.
        case insert([String])
        /// With the ids of the jobs to add.
        case pass([String])
        case commit
        case earliest
    }

    private struct State {
        var log: [Call] = []
        var trouble = Trouble.none
        var hanging: [CheckedContinuation<Void, Never>] = []
        var isClosed = false
        var lateBeginnings = 0
        var lateEnds = 0
        var calls = 0
        var heartbeats = 0
        var notes: [[RunNotes]] = []
        var noteWaiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    let capabilities: StoreCapabilities
    private let store: any JobStore
    private let beforePass: @Sendable () async -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - isShared: Whether nodes send heartbeats to it, if that is not what the other says.
    ///   - beforePass: Called before each pass finds and plans.
    init(_ store: any JobStore, isShared: Bool? = nil, beforePass: @escaping @Sendable () async -> Void = {}) {
        self.store = store
        self.beforePass = beforePass
        var capabilities = store.capabilities
        capabilities.isShared = isShared ?? capabilities.isShared
        self.capabilities = capabilities
    }

    /// What was asked of it, answered or not.
    var log: [Call] { state.withLock { $0.log } }

    private func note(_ call: Call) { state.withLock { $0.log.append(call) } }

    /// The notes of runs that were sent to it, call by call, whether or not it took them.
    var notes: [[RunNotes]] { state.withLock { $0.notes } }

    /// Returns when notes were sent to it so many times, and all that was done with them has been.
    func waitForNotes(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if state.notes.count < count { state.noteWaiters.append((count, continuation)) }
                return state.notes.count >= count
            }
            if isDone { continuation.resume() }
        }
    }

    /// How many calls were made since the store got into trouble.
    var callsInTrouble: Int { state.withLock { $0.calls } }

    /// How many heartbeats were sent to it, answered or not.
    var heartbeats: Int { state.withLock { $0.heartbeats } }

    /// Whoever has it lets go of it: from now on it is counted what is asked of it, and what was asked before and is
    /// answered now.
    func close() { state.withLock { $0.isClosed = true } }

    /// How many calls began after it was closed.
    var lateBeginnings: Int { state.withLock { $0.lateBeginnings } }

    /// How many calls that began before ended after it was closed.
    var lateEnds: Int { state.withLock { $0.lateEnds } }

    private func end() { state.withLock { if $0.isClosed { $0.lateEnds += 1 } } }

    /// How many calls do not return.
    var hangingCalls: Int { state.withLock { $0.hanging.count } }

    func get(into trouble: Trouble) {
        let hanging = state.withLock { state in
            state.trouble = trouble
            state.calls = 0
            defer { state.hanging = [] }
            return state.hanging
        }
        for continuation in hanging { continuation.resume() }
    }

    private func meetTrouble(
        isWriting: Bool = false, isPruning: Bool = false, isPass: Bool = false, isAddition: Bool = false,
        isLaterPage: Bool = false, isHeartbeat: Bool = false
    ) async throws(CarillonError) {
        let trouble = state.withLock { state in
            if state.isClosed { state.lateBeginnings += 1 }
            if case .none = state.trouble {} else { state.calls += 1 }
            return state.trouble
        }
        switch trouble {
        case .none, .unavailableAfterWriting, .hidingJobs, .hidingRuns, .refusingNotes, .losing, .planningTwice:
            return
        case .hangingAtPruning where !isPruning: return
        case .hangingAtPasses where !isPass: return
        case .hangingAtAdditions where !isAddition: return
        case .hangingAtLaterPages where !isLaterPage: return
        case .frozen where isPass: return
        case .refusingWrites where !isWriting: return
        case .refusingHeartbeats where !isHeartbeat: return
        case .hangingAtHeartbeats where !isHeartbeat: return
        case .unavailable, .refusingWrites, .refusingHeartbeats: throw Self.failure
        case .hanging, .hangingAtPruning, .hangingAtPasses, .hangingAtAdditions, .hangingAtLaterPages,
            .hangingAtHeartbeats, .frozen:
            await hang()
        }
    }

    private func hang() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                switch state.trouble {
                case .hanging, .hangingAtPruning, .hangingAtPasses, .hangingAtAdditions, .hangingAtLaterPages,
                    .hangingAtHeartbeats, .frozen:
                    state.hanging.append(continuation)
                    return false
                default: return true
                }
            }
            if isOver { continuation.resume() }
        }
    }

    /// Open once the answer of a pass has been held.
    let hasHeldAnswer = AsyncGate()
    /// Open once a pass, or what is read before it, has come while it did not return.
    let hasHeldPass = AsyncGate()

    private func tellHeldPass(isPass: Bool = false) {
        switch state.withLock({ $0.trouble }) {
        case .hanging: hasHeldPass.open()
        case .hangingAtPasses where isPass: hasHeldPass.open()
        default: break
        }
    }

    private var hidesJobs: Bool {
        state.withLock { if case .hidingJobs = $0.trouble { true } else { false } } || hidesRuns
    }

    private var hidesRuns: Bool { state.withLock { if case .hidingRuns = $0.trouble { true } else { false } } }

    private static var failure: CarillonError { CarillonError(.storeUnavailable, "the store is in trouble") }

    func insert(_ jobs: [NewJob]) async throws(CarillonError) -> [Job?] {
        note(.insert(jobs.map(\.id.description)))
        try await meetTrouble(isWriting: true, isAddition: true)
        let added = try await store.insert(jobs)
        if case .unavailableAfterWriting = state.withLock({ $0.trouble }) { throw Self.failure }
        return added
    }

    func remove(_ ids: [JobID], at now: Instant) async throws(CarillonError) -> [Bool] {
        try await meetTrouble(isWriting: true)
        return try await store.remove(ids, at: now)
    }

    func find(_ query: JobQuery) async throws(CarillonError) -> [JobSnapshot] {
        try await meetTrouble()
        return hidesJobs ? [] : try await store.find(query)
    }

    func commit(_ changes: [JobChange]) async throws(CarillonError) -> [CommitStatus] {
        note(.commit)
        try await meetTrouble(isWriting: true)
        return try await store.commit(changes)
    }

    func pass(
        _ query: JobQuery,
        adding jobs: [NewJob],
        plan: @Sendable ([JobSnapshot]) -> [JobChange?]
    ) async throws(CarillonError) -> PassResult {
        defer { end() }
        note(.pass(jobs.map(\.id.description)))
        await beforePass()
        tellHeldPass(isPass: true)
        try await meetTrouble(isWriting: true, isPass: true)
        if hidesJobs { return try await passOverHidden(query, jobs, plan) }
        if case .losing(let id) = state.withLock({ $0.trouble }) {
            get(into: .none)
            _ = try await store.pass(query) { snapshots in plan(snapshots).map { _ in nil } }
            _ = try await store.remove([id], at: query.now)
        }
        var isPlannedTwice = false
        if case .planningTwice = state.withLock({ $0.trouble }) { isPlannedTwice = true }
        let result = try await store.pass(query, adding: jobs) { [isPlannedTwice] snapshots in
            if isPlannedTwice { _ = plan(snapshots) }
            return plan(snapshots)
        }
        if case .frozen = state.withLock({ $0.trouble }) {
            hasHeldAnswer.open()
            await hang()
        }
        if case .unavailableAfterWriting = state.withLock({ $0.trouble }) { throw Self.failure }
        return result
    }

    private func passOverHidden(
        _ query: JobQuery, _ jobs: [NewJob], _ plan: @Sendable ([JobSnapshot]) -> [JobChange?]
    ) async throws(CarillonError) -> PassResult {
        let added = try await store.insert(jobs)
        return PassResult(
            plan([]), committed: [], earliest: try await store.earliest(of: query.tasks), added: added)
    }

    func note(_ notes: [RunNotes], from node: NodeID, at now: Instant) async throws(CarillonError) {
        defer {
            let waiters = state.withLock { state in
                state.notes.append(notes)
                let done = state.noteWaiters.filter { $0.count <= state.notes.count }
                state.noteWaiters.removeAll { $0.count <= state.notes.count }
                return done
            }
            for waiter in waiters { waiter.continuation.resume() }
        }
        try await meetTrouble(isWriting: true)
        if case .refusingNotes = state.withLock({ $0.trouble }) { throw Self.failure }
        try await store.note(notes, from: node, at: now)
    }

    func earliest(of tasks: Set<TaskName>?) async throws(CarillonError) -> EarliestTimes {
        note(.earliest)
        try await meetTrouble()
        return try await store.earliest(of: tasks)
    }

    func heartbeat(_ report: NodeReport, since known: KnownNodes?) async throws(CarillonError) -> Heartbeat {
        defer { end() }
        state.withLock { $0.heartbeats += 1 }
        try await meetTrouble(isWriting: true, isHeartbeat: true)
        return try await store.heartbeat(report, since: known)
    }

    func news(for node: NodeID, tasks: Set<TaskName>) async throws(CarillonError) -> StoreNews {
        try await meetTrouble()
        return try await store.news(for: node, tasks: tasks)
    }

    func forget(_ nodes: Set<NodeID>) async throws(CarillonError) {
        defer { end() }
        try await meetTrouble(isWriting: true)
        try await store.forget(nodes)
    }

    func jobs(_ filter: JobFilter, page: Page<JobCursor>) async throws(CarillonError) -> [JobListing] {
        tellHeldPass()
        try await meetTrouble(isLaterPage: page.after != nil)
        let listed = try await store.jobs(filter, page: page)
        return hidesJobs
            ? listed.map { .unreadable(id: $0.job?.id.description ?? "", due: nil, reason: "it is hidden") } : listed
    }

    func runs(_ filter: RunFilter, page: Page<Run.ID>) async throws(CarillonError) -> [Run] {
        try await meetTrouble()
        return try await store.runs(filter, page: page)
    }

    func run(_ id: Run.ID) async throws(CarillonError) -> Run? {
        try await meetTrouble()
        return hidesRuns ? nil : try await store.run(id)
    }

    func reasons(_ job: JobID, from first: Instant, through last: Instant, limit: Int)
        async throws(CarillonError) -> [ReasonRange]
    {
        try await meetTrouble()
        return try await store.reasons(job, from: first, through: last, limit: limit)
    }

    func prune(at now: Instant) async throws(CarillonError) -> Int {
        defer { end() }
        try await meetTrouble(isWriting: true, isPruning: true)
        return try await store.prune(at: now)
    }
}
