import Foundation
import Synchronization

/// Ends the process when one input takes too long.
final class Watchdog: Sendable {
    /// When the input began, in nanoseconds of the process's time; 0 between inputs.
    private let started = Atomic<UInt64>(0)

    /// - Parameter seconds: The processor time that one input may take.
    init(seconds: Double, _ message: @escaping @Sendable () -> String) {
        let thread = Thread { [self] in
            while true {
                Thread.sleep(forTimeInterval: 0.5)
                let began = started.load(ordering: .relaxed)
                guard began > 0, Self.processorTime() > began + UInt64(seconds * 1e9) else { continue }
                FileHandle.standardError.write(Data((message() + "\n").utf8))
                abort()
            }
        }
        thread.start()
    }

    func begin() { started.store(Self.processorTime(), ordering: .relaxed) }
    func end() { started.store(0, ordering: .relaxed) }

    /// The processor time of the process in nanoseconds; on a busy machine the clock on the wall says nothing.
    static func processorTime() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
