import Carillon
import CarillonTesting
import Dispatch
import Synchronization

/// An executor with one fault, by which the suite is judged.
final class FaultyExecutor: JobExecutor {
    enum Fault: String, CaseIterable, Sendable {
        case none
        /// It performs nothing.
        case performsNothing
        /// It drops every seventh run.
        case dropsSome
        /// It performs a run, and then its task once more.
        case performsTwice
        /// It performs one run, and no other.
        case stopsAfterOne
        /// It never returns if there is nothing to perform.
        case hangsOnNothing
        case waitsInExecute
        /// It blocks threads of Swift concurrency.
        case blocksInTasks
        case exceedsCapacity
        /// It performs one run at a time, whatever capacity it says it has.
        case performsOneAtATime
        case beginsWithTheLast
        case ignoresPriority
        case beginsWithLowPriority
        case ignoresCancel
        /// Asks the run that begins behind one that was cancelled to end as well.
        case cancelsTheNext
        /// Gives away the place of a run that was asked to end and has not ended.
        case givesPlacesAway
        case forgetsAtShutdown
        case waitsAtShutdown
        case staysShutDown
    }

    private struct State {
        var works: [RunWork] = []
        var atWork = 0
        var count = 0
        var cancelsNext = false
        var isShutDown = false
    }

    let capacity: Int
    private let fault: Fault
    private let state = Mutex(State())

    init(capacity: Int, _ fault: Fault) {
        self.capacity = capacity
        self.fault = fault
    }

    func execute(_ works: [RunWork]) async {
        if fault == .hangsOnNothing, works.isEmpty {
            await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
        }
        if fault == .waitsInExecute {
            for work in works { await work.perform() }
            return
        }
        state.withLock { state in
            for work in works where !(fault == .staysShutDown && state.isShutDown) {
                state.count += 1
                if fault == .performsNothing { continue }
                if fault == .dropsSome, state.count % 7 == 0 { continue }
                if fault == .stopsAfterOne, state.count > 1 { continue }
                state.works.append(work)
            }
        }
        beginWhatHasRoom()
    }

    private var limit: Int {
        switch fault {
        case .exceedsCapacity: .max
        case .performsOneAtATime: 1
        default: capacity
        }
    }

    private func beginWhatHasRoom() {
        while true {
            let work: RunWork? = state.withLock { state in
                guard state.atWork < limit, !state.works.isEmpty else { return nil }
                state.atWork += 1
                return state.works.remove(at: next(state.works))
            }
            guard let work else { return }
            begin(work)
        }
    }

    private func next(_ works: [RunWork]) -> Int {
        let priorities = works.map(\.priority)
        let wanted: Int? =
            switch fault {
            case .ignoresPriority: priorities.first
            case .beginsWithLowPriority: priorities.min()
            default: priorities.max()
            }
        let index =
            fault == .beginsWithTheLast
            ? priorities.lastIndex { $0 == wanted } : priorities.firstIndex { $0 == wanted }
        return index ?? 0
    }

    private func begin(_ work: RunWork) {
        let isCancelled = state.withLock { state in
            defer { state.cancelsNext = false }
            return fault == .cancelsTheNext && state.cancelsNext
        }
        if work.isBlocking {
            work.onCancel { self.cancelled() }
            if isCancelled { work.cancel() }
            if fault == .blocksInTasks {
                Task { self.performBlocking(work) }
            } else {
                NamedThread.start("faulty") { self.performBlocking(work) }
            }
        } else {
            let task = Task {
                if isCancelled { withUnsafeCurrentTask { $0?.cancel() } }
                await work.perform()
                if self.fault == .performsTwice {
                    NamedThread.start("again") { try? ControlledTask.performAgain(work) }
                }
                self.leave()
            }
            work.onCancel {
                if self.fault != .ignoresCancel { task.cancel() }
                self.cancelled()
            }
        }
    }

    private func performBlocking(_ work: RunWork) {
        work.performBlocking()
        if fault == .performsTwice { try? ControlledTask.performAgain(work) }
        leave()
    }

    private func cancelled() {
        state.withLock { $0.cancelsNext = true }
        if fault == .givesPlacesAway { leave() }
    }

    private func leave() {
        state.withLock { $0.atWork -= 1 }
        beginWhatHasRoom()
    }

    func shutdown() {
        state.withLock { state in
            state.isShutDown = true
            if fault == .forgetsAtShutdown { state.works = [] }
        }
        // So long as a run is at work.
        while fault == .waitsAtShutdown, state.withLock({ $0.atWork > 0 }) {}
    }
}

/// Makes executors with one fault.
struct FaultyHarness: ExecutorHarness {
    let fault: FaultyExecutor.Fault

    var name: String { "faulty: \(fault)" }

    func makeExecutor(capacity: Int) -> any JobExecutor { FaultyExecutor(capacity: capacity, fault) }
}
