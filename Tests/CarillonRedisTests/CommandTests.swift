#if Redis && Command
import CarillonTesting
import Testing

/// The command with a store on Redis, as processes.
@Suite(.timeLimit(.minutes(5))) struct CommandTests {
    @Test func everyCommandWorksBesideAServer() async throws {
        let keys = try TestKeys()
        defer { withExtendedLifetime(keys) {} }
        let problems = try await CommandsOnServer(keys.url).problems(copyingTool: "redis-cli --rdb")
        #expect(problems.isEmpty, "\(problems)")
    }
}
#endif
