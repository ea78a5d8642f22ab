import Foundation

#if os(Linux)
    private import CTimers
#endif

/// Threads with a name that shows in debuggers and in `/proc/PID/task/*/comm`.
package enum NamedThread {
    /// Starts a thread.
    ///
    /// - Parameters:
    ///   - name: What it is called; Linux keeps 15 bytes of it.
    ///   - stackBytes: The size of its stack; the system's default where nothing is given.
    package static func start(_ name: String, stackBytes: Int? = nil, _ body: @escaping @Sendable () -> Void) {
        let thread = Thread {
            #if os(Linux)
                // Foundation does not pass on a name that is set before the start, and not always one that is set here.
                _ = name_this_thread(name)
            #endif
            body()
        }
        thread.name = name
        if let stackBytes { thread.stackSize = stackBytes }
        thread.start()
    }
}
