import CarillonTriggers
import Synchronization

/// What executors report of runs, on its way to the scheduler, which is woken once for any number of reports.
///
/// Threads that report never wait for one another: each pushes its report onto a stack in one atomic step, and the
/// scheduler takes the whole stack.
final class RunMailbox: Sendable {
    /// A report of a run.
    enum Report: Sendable {
        case started(RunWork, at: Instant)
        case progressed(RunWork, RunProgress)
        /// It takes longer than its timeout.
        case overdue(RunWork)
        /// Its arguments do not decode, with the reason.
        case undecodable(RunWork, String)
        case ended(RunWork, Completion)
    }

    // `@unchecked`: the contents are written before the letter is on the stack, and then by the one thread that has
    // taken the whole stack.
    final class Letter: @unchecked Sendable {
        /// Set from when the letter is posted until it is taken out.
        fileprivate var report: Report?
        /// The letter below on the stack; once taken out, the letter that was posted next.
        fileprivate var next: Unmanaged<Letter>?

        init() {}
    }

    private let top = Atomic<Unmanaged<Letter>?>(nil)
    private let signal: WakeSignal
    /// The runs with notes that are not in the store yet.
    let unwritten = UnwrittenNotes()

    init(_ signal: WakeSignal) { self.signal = signal }

    deinit { takeAll { _ in } }

    /// Wakes the scheduler without a report.
    func wake() { signal.raise() }

    /// Posts a report, in a letter that has not been posted yet.
    ///
    /// Work that is created in great numbers brings letters that the scheduler's thread allocated, because that thread
    /// frees them as well: threads that free each other's memory wait for one another.
    func post(_ report: Report, in letter: Letter = Letter()) {
        letter.report = report
        // Released by `takeAll`, which takes each letter once.
        let new = Unmanaged.passRetained(letter)
        var below = top.load(ordering: .relaxed)
        while true {
            letter.next = below
            let (isExchanged, current) = top.weakCompareExchange(
                expected: below, desired: new, successOrdering: .releasing, failureOrdering: .relaxed)
            if isExchanged { break }
            below = current
        }
        if below == nil { signal.raise() }
    }

    /// Removes all reports, and passes them to `body` in the order in which they were posted.
    func takeAll(_ body: (consuming Report) -> Void) {
        var oldest: Unmanaged<Letter>?
        var below = top.exchange(nil, ordering: .acquiring)
        while let letter = below {
            below = letter._withUnsafeGuaranteedRef { letter in
                defer { letter.next = oldest }
                return letter.next
            }
            oldest = letter
        }
        while let letter = oldest?.takeRetainedValue() {
            if let report = letter.report.take() { body(report) }
            oldest = letter.next
        }
    }
}
