#if Command
import Foundation
import Testing

@Suite("Where carillon serve keeps its store", .fewAtOnce)
struct StateFolderTests {
    @Test(
        "--state is seen from the folder that the server is started in, also above it",
        arguments: [
            ("..", "a"), ("../state", "a/state"), ("../../state", "state"), ("./../state/./deep/..", "a/state"),
            ("state/../../..", ""), (".", "a/b"),
        ]
    )
    func above(state: String, place: String) async throws {
        let folder = try TemporaryFolder()
        let start = "\(folder.path)/a/b"
        try FileManager.default.createDirectory(atPath: start, withIntermediateDirectories: true)
        let (lines, status) = try await ServedProcess.onThread {
            let server = try ServedProcess(arguments: ["--state", state], folder: start)
            let lines = server.lines(through: "  tasks ")
            return (lines, server.end(SIGTERM))
        }
        let store = "\(folder.path)/\(place.isEmpty ? "" : place + "/")jobs.sqlite"
        #expect(FileManager.default.fileExists(atPath: store), "\(lines)")
        #expect(lines.contains("  store  sqlite:///\(store)"), "\(lines)")
        #expect(status == 0)
    }
}
#endif
