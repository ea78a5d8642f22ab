#if Command
import Foundation
import Testing

@Suite("The sample configurations", .fewAtOnce)
struct SampleConfigurationTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../packaging/configuration").standardized

    @Test(
        "Can be served, also what is commented out",
        arguments: [
            ("carillon.yaml", false, ["  jobs   0: 0 unchanged"]),
            ("carillon.yaml", true, ["  jobs   2: 2 added (backup, heartbeat)"]),
            ("apscheduler.yaml", false, ["  zone   Europe/Berlin", "  jobs   1: 1 added (job1)"]),
        ]
    )
    func served(name: String, uncommented: Bool, lines: [String]) async throws {
        var text = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
        if uncommented { text = text.replacing("jobs: []", with: "jobs:").replacing("\n#  ", with: "\n  ") }
        let folder = try TemporaryFolder()
        let config = try folder.write(text, to: name)
        let (shown, status) = try await ServedProcess.onThread {
            let server = try ServedProcess("--config", config, "--store", "memory:")
            let shown = server.lines(through: "  jobs ")
            return (shown, server.end(SIGTERM))
        }
        #expect(status == 0 && lines.allSatisfy { shown.contains($0) }, "\(shown)")
    }
}
#endif
