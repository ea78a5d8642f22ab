#if NIO
import Carillon
import CarillonLifecycle
import CarillonNIO
import CarillonTriggers
import NIOPosix

@Sendable func twistedScheduler() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    var options = SchedulerOptions()
    options.executors["default"] = EventLoopExecutor(on: group)  // tasks that suspend stay on the loop
    let scheduler = EventLoopScheduler(on: group.next(), options)
    try await scheduler.addJob(trigger: .interval(seconds: 3)) { await fetch() }
    try await scheduler.run()
}
#endif
