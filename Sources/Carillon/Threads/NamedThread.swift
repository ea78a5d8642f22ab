import Foundation

/// Threads with a name that shows in debuggers and in `/proc/PID/task/*/comm`.
enum NamedThread {
    /// Starts a thread.
    ///
    /// - Parameter stackBytes: The size of its stack; the system's default where nothing is given.
    static func start(_ name: String, stackBytes: Int? = nil, _ body: @escaping @Sendable () -> Void) {
        let thread = Thread(block: body)
        thread.name = name
        if let stackBytes { thread.stackSize = stackBytes }
        thread.start()
    }
}
