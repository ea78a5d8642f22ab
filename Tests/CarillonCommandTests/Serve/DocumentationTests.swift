#if Command
import Carillon
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
        let pages = [
            "README.md", "docs/coming-from/cron.md", "docs/configuration.md", "docs/production.md", "docs/serve.md",
            "docs/tasks.md",
        ]
        for name in pages {
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
                try scheduler.checkJobs(of: configuration)
            }
        }
        #expect(count >= 3)
    }

    @Test("The documentation shows which errors can be tried again, and they are what a job is given")
    func errorTypes() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        let text = try String(contentsOf: root.appending(path: "docs/configuration.md"), encoding: .utf8)
        let blocks = text.components(separatedBy: "```").filter { $0.hasPrefix("yaml\n") && $0.contains("errors: [") }
        let block = try #require(blocks.first, "there is no example of 'errors'")
        let jobs = try Configuration([.text(String(block.dropFirst(5)), name: "block")]).jobs
        let policies = Dictionary(uniqueKeysWithValues: jobs.map { ($0.id.description, $0.policies) })
        #expect(policies["upload"]?.retry.errors == ["TaskFailure", "Unreachable"], "\(policies)")
        #expect(policies["ping"]?.retry.errors == [] && policies["ping"]?.retry.count == 1, "\(policies)")
    }
}
#endif
