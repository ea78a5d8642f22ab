import Carillon
import CarillonTriggers
import Synchronization

/// The runs that this server has at work, known as soon as they begin and end.
final class RunsAtWork: Sendable {
    private let runs = Mutex<Set<Run.ID>>([])

    init(of scheduler: some Scheduler) {
        scheduler.engine.addSynchronousListener { [weak self] event in
            switch event.kind {
            case .runStarted(let run): self?.runs.withLock { _ = $0.insert(run) }
            case .runEnded(let run, _, _), .runInterrupted(let run), .runRefused(let run):
                self?.runs.withLock { _ = $0.remove(run) }
            default: break
            }
        }
    }

    /// Those that are at work now, by job.
    var all: [Run.ID] { runs.withLock { $0.sorted { $0.occurrence.job < $1.occurrence.job } } }
}
