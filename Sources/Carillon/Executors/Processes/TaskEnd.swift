/// How the function of a task ended, wherever it was called.
///
/// An error's type cannot leave a worker process, so what depends on it is judged where the error was thrown.
enum TaskEnd: Sendable {
    /// It returned, with a result as JSON if it has one.
    case succeeded([UInt8]?)
    /// It threw an error.
    case failed(Failure)
    /// It threw `TakeExpired`: the run is given back.
    case expired

    /// An error, and what it means for the run.
    struct Failure: Sendable {
        /// The error as text.
        var text: String
        /// Whether the retry policy allows another attempt after it.
        var mayRetry = true
        /// Whether it is a `CancellationError`.
        var isCancellation = false
        /// Why the arguments do not decode, if it says that.
        var undecodable: String?
    }

    /// Judges what the function of a task returned or threw.
    init(_ result: Result<[UInt8]?, any Error>, _ retry: RetryPolicy) {
        switch result {
        case .success(let value): self = .succeeded(value)
        case .failure(is TakeExpired): self = .expired
        case .failure(let error): self = .failed(Failure(error, retry))
        }
    }
}

extension TaskEnd.Failure {
    init(_ error: any Error, _ retry: RetryPolicy) {
        text = "\(error)"
        mayRetry = retry.mayRetry(error)
        isCancellation = error is CancellationError
        if let error = error as? CarillonError, error.code == .invalidArguments { undecodable = error.reason }
    }
}
