import Foundation

/// Threads with a name that shows in debuggers and in `/proc/PID/task/*/comm`.
enum NamedThread {
    /// Starts a thread.
    ///
    /// - Parameters:
    ///   - name: What it is called, cut after 15 bytes: Linux takes no longer name (pthread_setname_np(3)).
    ///   - stackBytes: The size of its stack; the system's default where nothing is given.
    static func start(_ name: String, stackBytes: Int? = nil, _ body: @escaping @Sendable () -> Void) {
        var shortName = name
        while shortName.utf8.count > 15 { shortName.removeLast() }
        let thread = Thread { [shortName] in
            // By the thread itself: a name that is given before the start does not reach the system.
            Thread.current.name = shortName
            body()
        }
        if let stackBytes { thread.stackSize = stackBytes }
        thread.start()
    }
}
