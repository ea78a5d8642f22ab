import CarillonTriggers
import Synchronization

/// What executors report of runs, on its way to the scheduler: it is woken once for however many there are.
///
/// Threads that report never wait for one another: each puts its report on top of a stack in one atomic step, and the
/// scheduler takes the whole stack.
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

    // `@unchecked`: what is in it is written before the letter is on the stack, and by the one thread that has taken all of it.
    final class Letter: @unchecked Sendable {
        /// From when it is posted until it is taken out.
        fileprivate var report: Report?
        /// The one below it on the stack; the one that was posted after it where it was taken out.
        fileprivate var next: Unmanaged<Letter>?

        /// An empty one.
        init() {}
    }

    private let top = Atomic<Unmanaged<Letter>?>(nil)
    private let signal: WakeSignal
    /// What has been said and is not in the store yet.
    let unwritten = UnwrittenNotes()

    init(_ signal: WakeSignal) { self.signal = signal }

    deinit { takeAll { _ in } }

    /// Has the scheduler look at its runs, though nothing is reported.
    func wake() { signal.raise() }

    /// Posts a report, in a letter that has not been posted yet. Work that is made in great number brings letters that the
    /// scheduler's thread has made, since it lets go of them, too: threads that free each other's memory wait for one another.
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

    /// Takes out all reports, and hands them over in the order in which they were posted.
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
