import Foundation
import Logging

#if os(Linux)
private import CTimers
#endif

/// Threads with a name that debuggers and `/proc/PID/task/*/comm` show.
package enum NamedThread {
    /// Creates a thread that performs `body`, and returns 0, or the number of the error if there is no thread.
    package typealias Creation =
        @Sendable (
            _ name: String, _ stackBytes: Int?, _ body: @escaping @Sendable () -> Void
        ) -> Int32

    private static let logger = Logger(label: "carillon")

    /// Starts a thread.
    ///
    /// If the system has none to give, because there are too many or memory is short, that is logged, and the system is
    /// asked again every 100 ms until it has one. Work for the thread waits until then.
    ///
    /// - Parameters:
    ///   - name: The thread's name; Linux keeps 15 bytes of it.
    ///   - stackBytes: The size of its stack; `nil` for the system's default.
    ///   - create: Creates the thread.
    ///   - body: What the thread does.
    package static func start(
        _ name: String,
        stackBytes: Int? = nil,
        creating create: @escaping Creation = create,
        _ body: @escaping @Sendable () -> Void
    ) {
        let error = create(name, stackBytes, body)
        guard error != 0 else { return }
        logger.warning(
            "no thread could be started, which is tried again: \(String(cString: strerror(error)))",
            metadata: ["thread": "\(name)"])
        tryAgain(name, stackBytes, create, body)
    }

    private static func tryAgain(
        _ name: String, _ stackBytes: Int?, _ create: @escaping Creation, _ body: @escaping @Sendable () -> Void
    ) {
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(100)) {
            if create(name, stackBytes, body) != 0 { tryAgain(name, stackBytes, create, body) }
        }
    }

    /// Creates a thread of the system; see `Creation`.
    package static func create(
        _ name: String, _ stackBytes: Int?, _ body: @escaping @Sendable () -> Void
    ) -> Int32 {
        #if os(Linux)
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        if let stackBytes { pthread_attr_setstacksize(&attributes, stackBytes) }
        let start = Unmanaged.passRetained(Start(name: name, body: body))
        var thread = pthread_t()
        let error = pthread_create(&thread, &attributes, { Start.perform($0) }, start.toOpaque())
        // The thread, if there is one, releases it.
        if error != 0 { start.release() }
        return error
        #else
        let thread = Thread(block: body)
        thread.name = name
        if let stackBytes { thread.stackSize = stackBytes }
        thread.start()
        return 0
        #endif
    }
}

#if os(Linux)
/// What a new thread has to do.
private final class Start: Sendable {
    private let name: String
    private let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }

    static func perform(_ start: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let start else { return nil }
        let taken = Unmanaged<Start>.fromOpaque(start).takeRetainedValue()
        _ = name_this_thread(taken.name)
        taken.body()
        return nil
    }
}
#endif
