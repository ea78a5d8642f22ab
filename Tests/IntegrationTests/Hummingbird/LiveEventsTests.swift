#if Web
import NIOCore
import NIOPosix
import Testing

/// The example with server-sent events, as a process.
@Suite(.timeLimit(.minutes(10))) struct LiveEventsTests {
    @Test("A job pushes to a client, which is let go when the server is asked to end")
    func pushes() async throws {
        let program = try RunningProgram("LiveEvents", "0")
        defer { program.terminate() }
        let address = try #require(await program.text())
        let port = try #require(address.firstMatch(of: /:(\d+)\//).flatMap { Int($0.1) })
        let connection = try await Connection(port: port)
        try await connection.send("GET /events HTTP/1.1")
        #expect(await connection.line(containing: ": connected"))
        #expect(await connection.line(containing: "data: 20"))
        #expect(await connection.line(containing: "data: 20"))
        program.terminate()
        // The end of a body that is sent in chunks.
        #expect(await connection.line(containing: "0\r\n\r\n"))
        #expect(await program.status() == 0)
        #expect(try #require(await program.text()).contains("messages were sent"))
    }
}
#endif
