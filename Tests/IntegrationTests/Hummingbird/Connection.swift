#if Web
import NIOCore
import NIOPosix

/// A connection to a server of this machine.
struct Connection {
    private let channel: any Channel
    private let bytes: Signals<String>

    init(port: Int) async throws {
        let bytes = Signals<String>()
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector(bytes))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        self.bytes = bytes
    }

    func send(_ request: String) async throws {
        try await channel.writeAndFlush(ByteBuffer(string: "\(request)\r\nHost: localhost\r\n\r\n"))
    }

    /// Sends a request, and returns the beginning of the answer.
    func answer(_ request: String) async throws -> String {
        try await send(request)
        defer { channel.close(promise: nil) }
        return await bytes.next() ?? ""
    }

    /// Returns when something with a text in it has come.
    func line(containing text: String) async -> Bool {
        while let some = await bytes.next() { if some.contains(text) { return true } }
        return false
    }
}

private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let bytes: Signals<String>

    init(_ bytes: Signals<String>) { self.bytes = bytes }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        bytes.send(String(buffer: unwrapInboundIn(data)))
    }
}
#endif
