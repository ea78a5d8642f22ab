#if os(Linux)
import CarillonTriggers
import Logging
import Synchronization

/// A run in a worker process. What its task reports goes to the pool's process, where the run is.
final class WorkerRun: TaskRun {
    private struct State {
        var isCancelled = false
        var isInterrupted = false
        var cancel: (@Sendable () -> Void)?
    }

    let order: RunOrder
    private let channel: WorkerChannel
    private let state = Mutex(State())
    /// Whether the run has ended: a task that goes on behind it reports to nobody.
    private let hasEnded = Mutex(false)

    init(_ order: RunOrder, _ channel: WorkerChannel) {
        self.order = order
        self.channel = channel
    }

    var runID: Run.ID { order.run }
    var taskName: TaskName { order.task }
    var trace: [String: String] { order.trace }
    var failure: FailureReport? { order.failure }
    var isCancelled: Bool { state.withLock { $0.isCancelled } }
    var isInterrupted: Bool { state.withLock { $0.isInterrupted } }
    var variables: RunVariables { order.variables }
    var leaseLeft: Int64 { order.ownUntil == .max ? .max : order.ownUntil - SystemClock.bootTime }

    var logger: Logger {
        var logger = Logger(label: "carillon") { [self] _ in
            WorkerLogHandler(label: nil) { [self] line in tell(.logged(line)) }
        }
        logger.logLevel = order.logLevel
        return logger
    }

    func settle() { tell(.settled) }

    func needs(toEnd time: Duration) { tell(.needs(toEnd: time.wholeMicroseconds)) }

    func sleep(for duration: Duration) async throws { try await SystemClock().sleep(for: duration) }

    func note(_ progress: RunProgress) { tell(.progressed(progress)) }

    func note(_ process: RunProcess) { tell(.works(under: process)) }

    func output(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            tell(.output(Array(rest.prefix(Run.payloadLimit))))
            rest = rest.dropFirst(Run.payloadLimit)
        }
    }

    /// Calls `cancel` when the run is asked to end; at once if it already has been.
    func onCancel(_ cancel: @escaping @Sendable () -> Void) {
        let isCancelled = state.withLock { state in
            state.cancel = cancel
            return state.isCancelled
        }
        if isCancelled { cancel() }
    }

    /// Asks the task to end.
    func cancel(isInterrupted: Bool) {
        let cancel = state.withLock { state in
            state.isCancelled = true
            state.isInterrupted = isInterrupted
            defer { state.cancel = nil }
            return state.cancel
        }
        cancel?()
    }

    /// Appends the end of the run to frames. Nothing is reported after it.
    func end(_ end: TaskEnd, took: Int64, to frames: inout FrameWriter) {
        var end = end
        switch end {
        case .succeeded(let result?) where result.count > Run.payloadLimit:
            output(Array(Run.note(onResultOf: result.count).utf8))
            end = .succeeded(nil)
        case .failed(var failure):
            failure.text = failure.text.beginning(bytes: Run.payloadLimit)
            failure.undecodable = failure.undecodable?.beginning(bytes: Run.payloadLimit)
            end = .failed(failure)
        default: break
        }
        hasEnded.withLock { $0 = true }
        WorkerReport.ended(end, took: took).write(order.number, to: &frames)
    }

    private func tell(_ report: WorkerReport) {
        hasEnded.withLock { hasEnded in
            if !hasEnded { channel.send(report, order.number) }
        }
    }
}
#endif
