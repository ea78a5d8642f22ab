import CarillonTriggers
import Foundation
import Testing

#if Configuration
import CarillonConfiguration
#endif

/// The Swift, JSON and YAML that pages show, beside what is compiled and read.
@Suite(.timeLimit(.minutes(2))) struct DocumentationTests {
    private static let pages = [
        "coming-from/apscheduler", "coming-from/celery-beat", "coming-from/cron", "coming-from/quartz",
        "coming-from/swift-jobs", "coming-from/vapor-queues", "embedding", "policies", "testing-jobs", "triggers",
    ]

    @Test("The Swift of a page is compiled", arguments: pages)
    func swift(name: String) throws {
        let sources = try SwiftSources("examples/Documentation", "Tests/IntegrationTests/Documentation")
        let blocks = try DocumentationPage("docs/\(name).md").blocks("swift")
        #expect(!blocks.isEmpty)
        for block in blocks { #expect(sources.contain(block), "in no file: \(block)") }
    }

    @Test("A trigger is the same in Swift, JSON and YAML")
    func triggers() async throws {
        let page = try DocumentationPage("docs/triggers.md")
        let inSwift = try await Self.triggersOfPage()
        let inJSON = try page.blocks("json").map { try Self.trigger($0) }
        #expect(inSwift.count == 7)
        #expect(inJSON == inSwift)
        #if Configuration
        let inYAML = try page.blocks("yaml").map { try Self.configuredTrigger($0) }
        #expect(inYAML == inSwift)
        #endif
    }

    /// The triggers that the example's program makes.
    private static func triggersOfPage() async throws -> [Trigger] {
        let program = try RunningProgram("Documentation", "triggers")
        defer { program.kill() }
        var output = ""
        while let text = await program.text() { output += text }
        #expect(await program.status() == 0)
        return try output.split(separator: "\n").map { try trigger(String($0)) }
    }

    private static func trigger(_ json: String) throws -> Trigger {
        try JSONDecoder().decode(Trigger.self, from: Data(json.utf8)).resolved(defaultZone: .utc)
    }

    #if Configuration
    @Test("The configurations of programs can be read", arguments: ["coming-from/celery-beat", "policies"])
    func configurations(name: String) throws {
        let blocks = try DocumentationPage("docs/\(name).md").blocks("yaml")
        #expect(!blocks.isEmpty)
        for block in blocks { #expect(try !Configuration([.text(block, name: name)]).jobs.isEmpty) }
    }

    /// The trigger of a job whose keys are those of a block.
    private static func configuredTrigger(_ keys: String) throws -> Trigger {
        let indented = keys.split(separator: "\n").map { "    \($0)\n" }.joined()
        let text = "jobs:\n  - id: example\n    command: 'true'\n\(indented)"
        let configuration = try Configuration([.text(text, name: "block")])
        return try #require(configuration.jobs.first?.trigger).resolved(defaultZone: .utc)
    }
    #endif
}
