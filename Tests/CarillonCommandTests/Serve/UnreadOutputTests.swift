#if Command
import Foundation
import Testing

@Suite("Output that nobody reads", .fewAtOnce)
struct UnreadOutputTests {
    @Test("A server whose output is a full pipe ends within its deadlines once it is asked to stop")
    func fullPipe() async throws {
        let folder = try TemporaryFolder()
        let (marks, enough) = ("\(folder.path)/marks", "\(folder.path)/enough")
        // Each run writes as much as a pipe holds, so the second one is not told of to its end.
        let config = try folder.write(
            """
            shutdown_deadline: 1
            jobs:
            - id: loud
              trigger: interval
              seconds: 1
              command: yes | head -c 65536; echo >> \(marks); [ "$(wc -l < \(marks))" -lt 3 ] || touch \(enough)
            """,
            to: "jobs.yaml"
        )
        let status = try await ServedProcess.onThread {
            let server = try ServedProcess("--config", config, "--store", "memory:")
            server.waitForFile(enough)
            server.send(SIGTERM)
            return server.endUnread()
        }
        #expect(status == 74)
        #expect(FileManager.default.fileExists(atPath: enough))
    }
}
#endif
