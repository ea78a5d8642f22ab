#if Web
import Carillon
import CarillonHummingbird
import CarillonLifecycle
import CarillonTriggers
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Testing

@Suite(.timeLimit(.minutes(10))) struct HummingbirdSchedulerTests {
    @Test("Jobs fire once the server listens, on its loops")
    func firesWhenServerListens() async throws {
        let scheduler = HummingbirdScheduler()
        let router = Router()
        router.get("hello") { _, _ in "hello" }
        let port = Signals<Int>()
        let application = Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { port.send($0.localAddress?.port ?? 0) }, logger: Logger(label: "tests"))
        let answers = Signals<String>()
        try scheduler.declareJob(id: "asks") { (_: TaskContext) async throws in
            let onLoop = MultiThreadedEventLoopGroup.singleton.makeIterator().contains { $0.inEventLoop }
            answers.send(onLoop ? "on a loop" : "elsewhere")
            let answer = try await Connection(port: try #require(await port.next())).answer("GET /hello HTTP/1.1")
            answers.send(answer)
        }
        let group = application.serviceGroup(with: scheduler)
        let running = Task { try await group.run() }
        #expect(await answers.next() == "on a loop")
        #expect(try #require(await answers.next()).hasPrefix("HTTP/1.1 200"))
        await group.triggerGracefulShutdown()
        try await running.value
        #expect(!scheduler.isRunning)
    }

    @Test("At the end runs are waited for while streams are still open, then the streams are let go")
    func drainsBeforeStreamsEnd() async throws {
        let scheduler = HummingbirdScheduler()
        let news = AsyncStream.makeStream(of: String.self)
        let router = Router()
        router.get("news") { _, _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    try await writer.write(ByteBuffer(string: "open\n"))
                    for await item in news.stream.cancelOnGracefulShutdown() {
                        try await writer.write(ByteBuffer(string: "\(item)\n"))
                    }
                    try await writer.write(ByteBuffer(string: "let go\n"))
                    try await writer.finish(nil)
                })
        }
        let port = Signals<Int>()
        let application = Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { port.send($0.localAddress?.port ?? 0) }, logger: Logger(label: "tests"))
        let (begun, gate) = (Signals<Bool>(), Signals<Bool>())
        try scheduler.declareJob(id: "pushes") { (_: TaskContext) async in
            begun.send(true)
            _ = await gate.next()
            news.continuation.yield("the last news")
        }
        let group = application.serviceGroup(with: scheduler)
        let running = Task { try await group.run() }
        let connection = try await Connection(port: try #require(await port.next()))
        try await connection.send("GET /news HTTP/1.1")
        #expect(await connection.line(containing: "open"))
        #expect(await begun.next() == true)
        await group.triggerGracefulShutdown()
        gate.send(true)
        #expect(await connection.line(containing: "the last news"))
        #expect(await connection.line(containing: "let go"))
        try await running.value
    }

    @Test("A server that cannot listen ends both, and the scheduler has not started")
    func noServer() async throws {
        let taken = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(taken.localAddress?.port)
        let scheduler = HummingbirdScheduler()
        try scheduler.declareJob(id: "never") { (_: TaskContext) in Issue.record("it has run") }
        let application = Application(
            router: Router(), configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
            logger: Logger(label: "tests"))
        await #expect(throws: (any Error).self) { try await application.runService(with: scheduler) }
        #expect(!scheduler.isRunning)
        try await taken.close()
    }
}
#endif
