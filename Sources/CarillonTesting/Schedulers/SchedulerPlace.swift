import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where code runs: a thread, a queue or a loop.
public struct SchedulerPlace: Sendable, CustomStringConvertible {
    /// What it is called in failures.
    public let description: String
    private let isHere: @Sendable () -> Bool

    /// A place that a call recognises.
    ///
    ///     SchedulerPlace("the event loop") { loop.inEventLoop }
    ///
    /// - Parameters:
    ///   - description: What it is called in failures.
    ///   - isHere: Whether the calling code runs there.
    public init(_ description: String, _ isHere: @escaping @Sendable () -> Bool) {
        self.description = description
        self.isHere = isHere
    }

    /// The main thread of the process, whose `main` is not `async`.
    public static var mainThread: SchedulerPlace {
        #if os(Linux)
        SchedulerPlace("the main thread") { Self.threadPath.hasSuffix("/task/\(getpid())") }
        #else
        SchedulerPlace("the main thread") { pthread_main_np() != 0 }
        #endif
    }

    /// A thread with a name, of which Linux keeps 15 bytes.
    public static func thread(named name: String) -> SchedulerPlace {
        SchedulerPlace("a thread '\(name)'") {
            let kept = String(decoding: name.utf8.prefix(15), as: UTF8.self)
            return Self.queueLabel.map { !Self.isOfSwiftConcurrency($0) } ?? true
                && (Self.threadName == name || Self.threadName == kept)
        }
    }

    /// A thread of Swift concurrency.
    public static var swiftConcurrency: SchedulerPlace {
        SchedulerPlace("a thread of Swift concurrency") { Self.queueLabel.map(Self.isOfSwiftConcurrency) ?? false }
    }

    /// A dispatch queue with a label.
    public static func dispatchQueue(_ label: String) -> SchedulerPlace {
        SchedulerPlace("the queue '\(label)'") { Self.queueLabel == label }
    }

    /// Whether the calling code runs at the place.
    public var isCurrent: Bool { isHere() }

    // MARK: The calling thread

    private static func isOfSwiftConcurrency(_ label: String) -> Bool {
        label == "Swift global concurrent queue" || label.hasSuffix(".cooperative")
    }

    #if os(Linux)
    /// The thread's folder in `/proc`, such as `1234/task/1240`.
    private static var threadPath: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")) ?? ""
    }

    package static var threadName: String {
        let name = try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
        return name.map { $0.trimmingCharacters(in: .newlines) } ?? ""
    }
    #else
    package static var threadName: String { Thread.current.name ?? "" }
    #endif

    /// The label of the dispatch queue whose work the thread does.
    private static var queueLabel: String? { queueLabelCall.flatMap { $0(nil) }.map { String(cString: $0) } }

    private typealias QueueLabelCall = @convention(c) (UnsafeRawPointer?) -> UnsafePointer<CChar>?

    /// Dispatch's call for it, which its Swift interface leaves out on Linux.
    private static let queueLabelCall: QueueLabelCall? = {
        #if canImport(Darwin)
        let everywhere = UnsafeMutableRawPointer(bitPattern: -2)
        #else
        let everywhere: UnsafeMutableRawPointer? = nil
        #endif
        return dlsym(everywhere, "dispatch_queue_get_label").map { unsafeBitCast($0, to: QueueLabelCall.self) }
    }()
}
