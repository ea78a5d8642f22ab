import Carillon
import CarillonCommand
import CarillonConfiguration
import CarillonTasks
import Foundation
import Testing

@Suite("What the documentation shows", .fewAtOnce)
struct DocumentationTests {
    @Test("Every configuration that is shown can be served as it is written")
    func configurations() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        var count = 0
        for name in ["docs/configuration.md", "docs/serve.md", "docs/tasks.md", "README.md"] {
            let text = try String(contentsOf: root.appending(path: name), encoding: .utf8)
            for (index, block) in text.components(separatedBy: "```").enumerated() where index % 2 == 1 {
                guard block.hasPrefix("yaml\n") else { continue }
                count += 1
                let configuration = try Configuration(
                    [.text(String(block.dropFirst(5)), name: "\(name)[\(index)]")],
                    environment: ["ALICE_PASSWORD": "secret"])
                let scheduler = AsyncScheduler()
                try scheduler.register(ShellTask())
                try scheduler.register(HTTPTask())
                try ServedJobs.check(configuration, scheduler)
            }
        }
        #expect(count >= 3)
    }
}
