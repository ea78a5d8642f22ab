/// Waiting for a Swift task on a thread that is not one of Swift concurrency's.
package enum TaskWait {
    /// Performs something that suspends, and blocks the calling thread until it has ended.
    ///
    /// - Parameter body: What is performed; it must not need the calling thread.
    @available(*, noasync, message: "it keeps its thread; use await")
    package static func value<Value: Sendable>(
        of body: @escaping @Sendable () async throws(CarillonError) -> Value
    ) throws(CarillonError) -> Value {
        let end = Monitor<Result<Value, CarillonError>?>(nil)
        Task.detached {
            let result: Result<Value, CarillonError>
            do throws(CarillonError) { result = .success(try await body()) } catch { result = .failure(error) }
            end.withLock { $0 = result }
            end.broadcast()
        }
        return try end.wait { $0 }.get()
    }
}
