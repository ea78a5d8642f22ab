#if Qt
import CQt
import Carillon
import Dispatch
import Synchronization

/// Performs work on the main thread of the Qt application, in order.
///
/// Without an application, before it is made and after it is destroyed, work goes elsewhere: what waits for it would wait
/// for ever. Work that must not leave the main thread waits for an application.
final class QtMainThread: Sendable {
    static let shared = QtMainThread()

    private struct Errand {
        let needsApplication: Bool
        let body: @Sendable () -> Void
    }

    private struct State {
        var errands: FirstInFirstOut<Errand> = FirstInFirstOut()
        var stays: [QtStay] = []
    }

    private let state = Mutex(State())

    private init() {
        cqt_listen(
            cqt_listener(
                perform: { QtMainThread.shared.performNext() },
                began: { QtMainThread.shared.applicationBegan() },
                quits: { QtMainThread.shared.applicationQuits() },
                ended: { QtMainThread.shared.applicationEnded() }))
    }

    /// Performs `body` on the main thread.
    ///
    /// - Parameter needsApplication: Whether it waits for an application if there is none.
    func perform(needsApplication: Bool = false, _ body: @escaping @Sendable () -> Void) {
        // One event for each: an event loop that is nested in one of them performs the next ones.
        state.withLock { $0.errands.append(Errand(needsApplication: needsApplication, body: body)) }
        if !cqt_post() { performElsewhere() }
    }

    private func performNext() {
        let (next, isLast) = state.withLock { ($0.errands.popFirst(), $0.errands.isEmpty) }
        // The body may run an event loop of its own, as for a dialog.
        if !isLast { cqt_look_again() }
        next?.body()
    }

    private func performElsewhere() {
        let leaving = state.withLock { state in
            var (leaving, staying): ([Errand], FirstInFirstOut<Errand>) = ([], FirstInFirstOut())
            while let errand = state.errands.popFirst() {
                if errand.needsApplication { staying.append(errand) } else { leaving.append(errand) }
            }
            state.errands = staying
            return leaving
        }
        for errand in leaving { DispatchQueue.global().async(execute: errand.body) }
    }

    // MARK: The application

    /// Checks that a scheduler can start here: that Qt's `exec` will drive what is posted from here.
    func check() throws(CarillonError) {
        let problem: String? =
            switch cqt_calling_thread() {
            case CQT_THREAD_IS_MAIN: nil
            case CQT_THREAD_WITHOUT_APPLICATION:
                "there is no QCoreApplication yet; make it, or a QApplication, before the scheduler is started"
            case CQT_THREAD_OF_MISPLACED_APPLICATION:
                """
                the QCoreApplication was made on another thread than the main thread of the process; make it in `main`, \
                which is not async, before anything is awaited
                """
            default:
                """
                a QtScheduler is started on the main thread, and this is another one; start it in `main`, which is not \
                async, or in a function of the main actor. An async `main`, or a top level that awaits, gives the main \
                thread away at its first await
                """
            }
        if let problem { throw CarillonError(.wrongState, problem) }
    }

    private func applicationBegan() {
        // Work that has waited has no event yet. An event without work does nothing.
        for _ in 0..<state.withLock({ $0.errands.count }) { _ = cqt_post() }
    }

    private func applicationQuits() {
        let stays = state.withLock { $0.stays }
        guard !stays.isEmpty else { return }
        for stay in stays { stay.end() }
        let wait = QuitWait(stays)
        let hasEnded = withExtendedLifetime(wait) {
            cqt_process_until(
                { context in context.map { Unmanaged<QuitWait>.fromOpaque($0).takeUnretainedValue().isOver } ?? true },
                Unmanaged.passUnretained(wait).toOpaque(), wait.milliseconds)
        }
        if !hasEnded { for stay in stays { stay.abandon() } }
    }

    private func applicationEnded() {
        for stay in state.withLock({ $0.stays }) { stay.endWithoutApplication() }
        performElsewhere()
    }

    // MARK: Schedulers

    func add(_ stay: QtStay) { state.withLock { $0.stays.append(stay) } }

    /// Forgets a scheduler that has ended, on the main thread, so that a wait for its end looks again.
    func remove(_ stay: QtStay) {
        state.withLock { $0.stays.removeAll { $0 === stay } }
        perform {}
    }
}

/// A wait for schedulers to end because the application quits.
private final class QuitWait: Sendable {
    private let stays: [QtStay]
    /// How long they may take: their deadlines end them before, unless a clock stands still or the main thread is held.
    let milliseconds: Int64

    init(_ stays: [QtStay]) {
        self.stays = stays
        milliseconds = stays.map(\.longestEnd).max() ?? 0
    }

    var isOver: Bool { stays.allSatisfy(\.isOver) }
}
#endif
