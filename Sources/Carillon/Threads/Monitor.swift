#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// State that threads share, and wait on for one another to change. `Mutex` of the standard library cannot be waited on.
///
/// Only for threads of our own: a task that waited here would hold a thread of the cooperative pool.
package final class Monitor<State>: @unchecked Sendable {
    // `@unchecked`: `state` is touched with `lock` held alone, which the compiler cannot know.
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var state: State

    package init(_ state: sending State) {
        self.state = state
        pthread_mutex_init(lock, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(lock)
        changed.deallocate()
        lock.deallocate()
    }

    /// Does something with the state while nobody else does. Letting go of the lock is the last that is done with the
    /// monitor, so `body` may make it possible for another thread to end it.
    package func withLock<Result>(_ body: (inout State) -> Result) -> Result {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return body(&state)
    }

    /// Waits until `body` answers something, asking it again whenever the state was signalled to have changed.
    package func wait<Result>(for body: (inout State) -> Result?) -> Result {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while true {
            if let result = body(&state) { return result }
            pthread_cond_wait(changed, lock)
        }
    }

    /// Has one thread that waits ask again. This may be called with the lock held.
    package func signal() { pthread_cond_signal(changed) }

    /// Has all threads that wait ask again. This may be called with the lock held.
    package func broadcast() { pthread_cond_broadcast(changed) }
}
