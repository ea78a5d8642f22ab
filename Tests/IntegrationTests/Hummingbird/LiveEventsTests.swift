#if Web
import Foundation
import NIOCore
import NIOPosix
import Testing

/// The example with server-sent events, as a process.
@Suite(.timeLimit(.minutes(10))) struct LiveEventsTests {
    @Test("A job pushes to a client, which is let go when the server is asked to end")
    func pushes() async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
            .deletingLastPathComponent().appendingPathComponent("LiveEvents")
        process.arguments = ["0"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        let ended = Signals<Int32>()
        process.terminationHandler = { ended.send($0.terminationStatus) }
        let lines = Signals<String>()
        output.fileHandleForReading.readabilityHandler = { handle in
            let text = String(decoding: handle.availableData, as: UTF8.self)
            if text.isEmpty { handle.readabilityHandler = nil } else { lines.send(text) }
        }
        try process.run()
        defer { if process.isRunning { process.terminate() } }
        let address = try #require(await lines.next())
        let port = try #require(address.firstMatch(of: /:(\d+)\//).flatMap { Int($0.1) })
        let connection = try await Connection(port: port)
        try await connection.send("GET /events HTTP/1.1")
        #expect(await connection.line(containing: ": connected"))
        #expect(await connection.line(containing: "data: 20"))
        #expect(await connection.line(containing: "data: 20"))
        process.terminate()
        // The end of a body that is sent in chunks.
        #expect(await connection.line(containing: "0\r\n\r\n"))
        #expect(await ended.next() == 0)
        #expect(try #require(await lines.next()).contains("messages were sent"))
    }
}
#endif
