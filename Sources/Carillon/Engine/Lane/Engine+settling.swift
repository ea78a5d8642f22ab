import Synchronization

/// Waiting until the engine is quiescent, for tests that move the clock.
extension Engine {
    /// Returns when every lane waits to be woken and every run at work sleeps on the scheduler's clock.
    ///
    /// For tests that move the clock.
    package func waitUntilSettled() async {
        // Checked inside, since other tasks may have run in between.
        await withCheckedContinuation { if isSettled { $0.resume() } else { settledWaiters.append($0) } }
    }

    /// Performs `body` on the engine without waking another thread, for tests that move the clock.
    package func perform(_ body: @escaping @Sendable (isolated Engine) async -> Void) async {
        await Task(executorPreference: laneExecutor) { await body(self) }.value
    }

    private var isSettled: Bool { lanes.values.allSatisfy(\.isSettled) && areRunsSettled }

    /// Whether every run at work sleeps on the scheduler's clock, and no other run can begin before one of them wakes.
    private var areRunsSettled: Bool {
        var sleeping = FewNamed<Int>()
        var waiting = FewNamed<Int>()
        for lane in lanes.values where !lane.isDone {
            for work in lane.runs.works.values {
                switch work.activity {
                case .atWork: return false
                case .sleeping: sleeping.count(work.executor)
                case .waiting: waiting.count(work.executor)
                }
            }
        }
        let isInlineSleeping = sleeping.names.contains { executors[$0]?.executor.isInline == true }
        if isPerformingInline, !isInlineSleeping { return false }
        return waiting.names.allSatisfy { alias in
            guard let index = sleeping.index(of: alias), let slot = executors[alias] else { return false }
            return sleeping.values[index] >= slot.executor.capacity
        }
    }

    func settle() {
        guard !settledWaiters.isEmpty, isSettled else { return }
        let waiters = settledWaiters
        settledWaiters = []
        for waiter in waiters { waiter.resume() }
    }
}
