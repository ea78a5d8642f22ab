#if Command
import Carillon
import CarillonTriggers
import Synchronization

/// The runs that this server has at work, known as soon as they begin and end.
final class RunsAtWork: Sendable {
    private struct State {
        var atWork: Set<Run.ID> = []
        var unwritten: Set<Run.ID> = []
    }

    private let state = Mutex(State())

    init(of scheduler: some Scheduler) {
        scheduler.engine.addSynchronousListener { [weak self] event in
            switch event.kind {
            case .runStarted(let run): self?.state.withLock { _ = $0.atWork.insert(run) }
            case .runEnded(let run, _, _), .runInterrupted(let run), .runRefused(let run):
                self?.state.withLock { _ = $0.atWork.remove(run) }
            case .runUnwritten(let run):
                self?.state.withLock { state in
                    state.atWork.remove(run)
                    state.unwritten.insert(run)
                }
            default: break
            }
        }
    }

    /// Those that are at work now, by job.
    var all: [Run.ID] { state.withLock { Self.sorted($0.atWork) } }

    /// Those that ended before the stop, and whose outcomes their store did not take, by job.
    var unwritten: [Run.ID] { state.withLock { Self.sorted($0.unwritten) } }

    private static func sorted(_ runs: Set<Run.ID>) -> [Run.ID] {
        runs.sorted { $0.occurrence.job < $1.occurrence.job }
    }
}
#endif
