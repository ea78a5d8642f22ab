#if Web
import Carillon
import CarillonHummingbird
import CarillonTriggers
import Foundation
import Hummingbird
import ServiceLifecycle

/// A job pushes to everybody who has the page open.
///
///     CARILLON_DEVELOPMENT=1 swift run --traits Web LiveEvents 8080
///
/// Ctrl-C drains the scheduler while the streams are open, lets the clients go, and ends.
@main
struct LiveEvents {
    static func main() async throws {
        let port = CommandLine.arguments.dropFirst().first.flatMap(Int.init) ?? 8080
        let feed = Feed()
        let router = Router()
        router.get("/") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/html"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: page)))
        }
        router.get("/events") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
                body: ResponseBody { writer in
                    // Written at once, so that the client knows that it is connected.
                    try await writer.write(ByteBuffer(string: ": connected\n\n"))
                    for await message in feed.messages().cancelOnGracefulShutdown() {
                        try await writer.write(ByteBuffer(string: "data: \(message)\n\n"))
                    }
                    try await writer.finish(nil)
                })
        }
        let scheduler = HummingbirdScheduler()
        try scheduler.declareJob(id: "clock", trigger: .interval(seconds: 1)) { (context: TaskContext) async in
            feed.send("\(context.scheduled)")
        }
        let application = Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { channel in
                print("http://127.0.0.1:\(channel.localAddress?.port ?? port)/")
                fflush(nil)
            })
        try await application.runService(with: scheduler)
        print("\(try await scheduler.runs(of: "clock").count) messages were sent")
    }

    private static let page = """
        <!doctype html><title>Live events</title><h1 id="time">…</h1>
        <script>new EventSource("/events").onmessage = event => { time.textContent = event.data }</script>
        """
}
#else
@main
struct LiveEvents {
    static func main() { print("build this example with --traits Web") }
}
#endif
