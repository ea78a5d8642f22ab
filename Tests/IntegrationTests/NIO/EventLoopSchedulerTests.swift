#if NIO
import Carillon
import CarillonLifecycle
import CarillonNIO
import CarillonTriggers
import Dispatch
import NIOCore
import NIOPosix
import Testing

@Suite(.timeLimit(.minutes(10))) struct EventLoopSchedulerTests {
    @Test func isOnItsLoop() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let loop = group.next()
        var options = SchedulerOptions()
        // Runs are performed where the scheduler itself is.
        options.executors["default"] = DebugExecutor()
        let scheduler = EventLoopScheduler(on: loop, options)
        let places = Signals<Bool>()
        try await scheduler.start()
        try await scheduler.addJob(id: "async") { (_: TaskContext) async in places.send(loop.inEventLoop) }
        #expect(await places.next() == true)
        try await scheduler.addJob(id: "blocking") { (_: TaskContext) in places.send(loop.inEventLoop) }
        #expect(await places.next() == true)
        await scheduler.shutdown()
        #expect(!scheduler.isRunning)
        try await group.shutdownGracefully()
    }

    @Test("A task that blocks stalls neither the loop nor the scheduler")
    func blockingTask() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let scheduler = EventLoopScheduler(on: group.next())
        let gate = DispatchSemaphore(value: 0)
        let said = Signals<String>()
        try await scheduler.start()
        try await scheduler.addJob(id: "blocks") { (_: TaskContext) in
            said.send("begun")
            gate.wait()
            said.send("ended")
        }
        #expect(await said.next() == "begun")
        #expect(try await group.next().submit { 1 }.get() == 1)
        try await scheduler.addJob(id: "other") { (_: TaskContext) in said.send("other") }
        #expect(await said.next() == "other")
        gate.signal()
        #expect(await said.next() == "ended")
        await scheduler.shutdown()
        try await group.shutdownGracefully()
    }

    @Test("Beside a line protocol on the same loop")
    func lineProtocol() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        var options = SchedulerOptions()
        options.executors["default"] = EventLoopExecutor(on: group)
        let scheduler = EventLoopScheduler(on: loop, options)
        let lines = NIOLoopBoundBox.makeBoxSendingValue(Lines(), eventLoop: loop)
        let server = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(LineHandler(lines.value))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let counted = Signals<Int>()
        try await scheduler.start()
        // No lock: the job and the channels are on one loop.
        try await scheduler.addJob(id: "count", trigger: .interval(.milliseconds(10))) { (_: TaskContext) async in
            counted.send(lines.value.count)
        }
        let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(to: try #require(server.localAddress)).get()
        try await client.writeAndFlush(ByteBuffer(string: "a\nb\nc\n"))
        while let count = await counted.next(), count < 3 {}
        await scheduler.shutdown()
        try await client.close()
        try await server.close()
        try await group.shutdownGracefully()
    }

    @Test("A loop that is shut down first ends the scheduler, and no call hangs")
    func loopIsGone() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let scheduler = EventLoopScheduler(on: group.next())
        let said = Signals<String>()
        try await scheduler.addJob(id: "waits") { (context: TaskContext) async throws in
            said.send("begun")
            do { try await context.sleep(for: .seconds(3600)) } catch {
                said.send("asked to end")
                throw error
            }
        }
        try await scheduler.start()
        #expect(await said.next() == "begun")
        let running = Task { try await scheduler.run() }
        await #expect(throws: CarillonError.self) { try await running.value }
        try await group.shutdownGracefully()
        #expect(await said.next() == "asked to end")
        await scheduler.shutdown()
        #expect(!scheduler.isRunning)
        // What is asked now is answered.
        #expect(try await scheduler.runs(of: "waits").count == 1)
        try await scheduler.addJob(id: "later", trigger: .interval(seconds: 5)) { (_: TaskContext) in }
        #expect(try await scheduler.jobs().map(\.job.id).contains("later"))
        let error = await #expect(throws: CarillonError.self) { try await scheduler.start() }
        #expect(error?.code == .wrongState)
        #expect(error?.description.contains("event loop") == true)
    }

    @Test func startsAgain() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let scheduler = EventLoopScheduler(on: group.next())
        let said = Signals<Int>()
        for number in 0..<3 {
            try await scheduler.start()
            try await scheduler.addJob(id: JobID("job \(number)")) { (_: TaskContext) in said.send(number) }
            #expect(await said.next() == number)
            await scheduler.shutdown()
        }
        try await group.shutdownGracefully()
    }

    @Test func sharedLoopByDefault() async throws {
        let scheduler = EventLoopScheduler()
        let said = Signals<Bool>()
        try await scheduler.start()
        try await scheduler.addJob(id: "once") { (_: TaskContext) in said.send(true) }
        #expect(await said.next() == true)
        await scheduler.shutdown()
    }
}

/// The lines that have come; on one loop.
private final class Lines {
    var count = 0
}

/// Counts lines.
private final class LineHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let lines: Lines

    init(_ lines: Lines) { self.lines = lines }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        lines.count += unwrapInboundIn(data).readableBytesView.count { $0 == UInt8(ascii: "\n") }
    }
}
#endif
