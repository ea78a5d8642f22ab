import CTransfer
@preconcurrency import Dispatch
import Foundation
import Synchronization

/// One request on its way, on a thread of its own.
final class Exchange: Sendable {
    private struct State {
        var waiter: CheckedContinuation<Answer, any Error>?
        var result: Result<Answer, any Error>?
        var transfer: Transfer?
        var timer: (any DispatchSourceTimer)?
    }

    private let request: Request
    private let deadline: ContinuousClock.Instant
    private let limit: Double
    private let state = Mutex(State())

    /// - Parameter limit: The seconds that the deadline stands for, to be told where it passes.
    init(_ request: Request, until deadline: ContinuousClock.Instant, limit: Double) {
        self.request = request
        self.deadline = deadline
        self.limit = limit
    }

    /// Makes the request. The answer has a `problem` where it is not whole.
    ///
    /// - Throws: `TaskFailure` where there is none, and nothing is known of it; `CancellationError`.
    func answer() async throws -> Answer {
        if let problem = transfer_problem() { throw TaskFailure(.requestFailed, String(cString: problem)) }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiter in
                let early = state.withLock { state in
                    if state.result == nil { state.waiter = waiter }
                    return state.result
                }
                if let early { waiter.resume(with: early) } else { start() }
            }
        } onCancel: {
            finish(.failure(CancellationError()))
        }
    }

    private func start() {
        guard let transfer = Transfer() else {
            return finish(.failure(TaskFailure(.requestFailed, "there is no memory for a request")))
        }
        let left = max(deadline - .now, .milliseconds(1))
        let timer = DispatchSource.makeTimerSource()
        // The transfer keeps the time itself, but looking up a name may not be interrupted: that is not waited for.
        timer.schedule(deadline: .now() + left.seconds + 1)
        timer.setEventHandler { [weak self] in
            guard let self else { return }
            self.finish(.failure(self.tooLate(status: 0)))
        }
        timer.resume()
        let isOn = state.withLock { state in
            guard state.result == nil else { return false }
            state.transfer = transfer
            state.timer = timer
            return true
        }
        guard isOn else { return timer.cancel() }
        let thread = Thread {
            let milliseconds = Int64(left.seconds * 1000) + 1
            var (end, answer) = transfer.perform(self.request, milliseconds: milliseconds)
            if end == transfer_end_cancelled.rawValue { return self.finish(.failure(CancellationError())) }
            answer.problem = self.problem(end, transfer)
            self.finish(.success(answer))
        }
        thread.name = "carillon-http"
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// The first result counts; whatever is still under way is ended.
    private func finish(_ result: Result<Answer, any Error>) {
        let ended: State? = state.withLock { state in
            guard state.result == nil else { return nil }
            defer { state = State(result: result) }
            return state
        }
        ended?.timer?.cancel()
        ended?.transfer?.cancel()
        ended?.waiter?.resume(with: result)
    }

    private func problem(_ end: Int32, _ transfer: Transfer) -> TaskFailure? {
        let host = request.target.host
        let proxy = transfer.proxy
        let text: String
        switch end {
        case Int32(transfer_end_answered.rawValue): return nil
        case Int32(transfer_end_timed_out.rawValue): return tooLate(status: transfer.status, proxy)
        case Int32(transfer_end_proxy_unknown.rawValue):
            text = "no such host: \(proxy.map { "that of \($0)" } ?? "that of the proxy"), which was to lead to \(host)"
        case Int32(transfer_end_host_unknown.rawValue): text = "no such host: \(host)"
        case Int32(transfer_end_not_connected.rawValue):
            let code = transfer.systemError
            // Behind a proxy, the proxy connects to the host.
            let target = proxy.map { "\($0), which was to lead to \(host)" } ?? host
            text = "could not connect to \(target): \(code == 0 ? transfer.message : systemText(code))"
        case Int32(transfer_end_no_answer.rawValue):
            text = "\(proxy.map { "\($0) on the way to \(host)" } ?? host) closed the connection without an answer"
        case Int32(transfer_end_receive_failed.rawValue) where proxy != nil && transfer.status == 0:
            text = "\(proxy.map { "\($0)" } ?? "") did not lead to \(host): \(transfer.message)"
        case Int32(transfer_end_cut_off.rawValue), Int32(transfer_end_receive_failed.rawValue):
            text = "the answer of \(host) broke off: \(transfer.message)"
        case Int32(transfer_end_certificate_refused.rawValue):
            text = "the certificate of \(host) is not trusted: \(transfer.message)"
        case Int32(transfer_end_client_certificate_refused.rawValue):
            text = "client_certificate or client_key cannot be used: \(transfer.message)"
        default:
            text = "the request to \(host)\(proxy.map { " through \($0)" } ?? "") failed: \(transfer.message)"
        }
        return TaskFailure(.requestFailed, text)
    }

    private func tooLate(status: Int, _ proxy: UsedProxy? = nil) -> TaskFailure {
        let seconds = limit == limit.rounded() ? "\(Int(limit))" : "\(limit)"
        let way = proxy.map { " through \($0)" } ?? ""
        if status == 0 { return TaskFailure(.requestFailed, "no answer within \(seconds) s\(way)") }
        return TaskFailure(.requestFailed, "no whole answer within \(seconds) s (status \(status))")
    }
}

extension Duration {
    /// Seconds with their fraction.
    fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
