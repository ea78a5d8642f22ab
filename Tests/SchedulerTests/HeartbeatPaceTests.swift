import Carillon
import CarillonTesting
import CarillonTriggers
import Testing

/// How often a node stamps itself.
@Suite("The pace of heartbeats")
struct HeartbeatPaceTests {
    private func startedNode() async throws -> LoneNode {
        let node = try LoneNode()
        try await node.addJob(after: .seconds(1000))
        try await node.scheduler.start()
        return node
    }

    private func report(_ id: String) throws -> NodeReport {
        NodeReport(id: try NodeID(id), host: "elsewhere", process: 1, processStart: 1, tasks: [TaskName("long")])
    }

    @Test("A node sends one every third of its lease")
    func thirds() async throws {
        let node = try await startedNode()
        await node.pass(.seconds(30))
        #expect((9...11).contains(node.store.heartbeats), "\(node.store.heartbeats) heartbeats in 30 s")
        await node.scheduler.shutdown()
    }

    @Test("While another node is silent it sends one every second, and finds it dead soon")
    func silence() async throws {
        let node = try await startedNode()
        await node.pass(.seconds(11))
        _ = try await node.kept.heartbeat(try report("other"))
        await node.pass(.seconds(9))
        let before = node.store.heartbeats
        let earlier = try await node.kept.heartbeat(try report("looker")).nodes.map(\.report.id.description)
        #expect(earlier.contains("other"))
        await node.pass(.seconds(3))
        #expect(node.store.heartbeats >= before + 2)
        let nodes = try await node.kept.heartbeat(try report("looker")).nodes.map(\.report.id.description)
        #expect(!nodes.contains("other"))
        await node.scheduler.shutdown()
    }

    @Test("What is added by another node, and what is to be cancelled, is heard of within a second")
    func news() async throws {
        let node = try LoneNode()
        try await node.startRun()
        await node.pass(.seconds(4))
        let run = try #require(try await node.kept.runs(RunFilter(), page: Page()).first)
        let before = node.store.heartbeats
        #expect(try await node.kept.cancel(run.id, at: node.clock.now))
        await node.pass(.seconds(1))
        await node.asked.wait()
        #expect(node.store.heartbeats <= before + 1)
        node.gate.open()
        await node.scheduler.shutdown()
    }
}
