#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// State that threads share, and whose changes they can wait for, which the standard library's `Mutex` does not offer.
///
/// `wait` is only for threads of our own: a task that waited here would hold a thread of the cooperative pool.
package final class Monitor<State>: @unchecked Sendable {
    // `@unchecked`: `state` is only touched with `lock` held, which the compiler cannot verify.
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

    /// Performs `body` with exclusive access to the state. Releasing the lock is the last use of the monitor, so `body`
    /// may allow another thread to destroy it.
    package func withLock<Result>(_ body: (inout State) -> Result) -> Result {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return body(&state)
    }

    /// Waits until `body` returns a value, calling it again whenever a change of the state is signalled.
    package func wait<Result>(for body: (inout State) -> Result?) -> Result {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while true {
            if let result = body(&state) { return result }
            pthread_cond_wait(changed, lock)
        }
    }

    /// Makes one waiting thread check again. May be called with the lock held.
    package func signal() { pthread_cond_signal(changed) }

    /// Makes all waiting threads check again. May be called with the lock held.
    package func broadcast() { pthread_cond_broadcast(changed) }
}
