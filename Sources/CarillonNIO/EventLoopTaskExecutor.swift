#if NIO
import NIOCore

/// Runs the parts of Swift tasks on an event loop, and elsewhere once the loop has shut down.
final class EventLoopTaskExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        LoopErrand.perform(on: loop) { _ in job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
#endif
