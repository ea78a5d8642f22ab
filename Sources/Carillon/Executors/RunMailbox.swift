import CarillonTriggers
import Synchronization

/// What executors report of runs, on its way to the scheduler: it is woken once for however many there are.
final class RunMailbox: Sendable {
    /// What became of a run.
    enum Report: Sendable {
        case started(RunWork, at: Instant)
        case progressed(RunWork, RunProgress)
        /// It takes longer than it may.
        case overdue(RunWork)
        /// Its arguments do not decode, with the reason.
        case undecodable(RunWork, String)
        case ended(RunWork, Completion)
    }

    private let reports = Mutex<[Report]>([])
    private let signal: WakeSignal

    init(_ signal: WakeSignal) { self.signal = signal }

    func post(_ report: Report) {
        let isFirst = reports.withLock { reports in
            reports.append(report)
            return reports.count == 1
        }
        if isFirst { signal.raise() }
    }

    /// Takes out all reports, in the order in which they were posted.
    func takeAll() -> [Report] {
        reports.withLock { reports in
            defer { reports = [] }
            return reports
        }
    }
}
