import Foundation

/// The variable by which a process knows that it was started as a worker of a process pool.
enum WorkerMark {
    /// Its value is the number of the descriptor that leads to the pool.
    static let name = "CARILLON_WORKER"

    /// Whether this process is a worker whose `main` has not called `ProcessPoolExecutor.runWorkerIfAsked`.
    static var isSet: Bool { getenv(name) != nil }

    /// What the mark says; it is removed, so that what the worker starts does not take itself for a worker.
    ///
    /// - Returns: The descriptor that leads to the pool; `nil` if this process is no worker.
    static func take() -> Int32? {
        guard let value = getenv(name) else { return nil }
        let number = Int32(String(cString: value)) ?? -1
        unsetenv(name)
        return number
    }

    /// Why a scheduler does not start in a worker.
    static let refusal = CarillonError(
        .wrongState,
        "this process is a worker of a process pool, and its main has not said so: call "
            + "ProcessPoolExecutor.runWorkerIfAsked { … } at the beginning of main, before anything else"
    )
}
