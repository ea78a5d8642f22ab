import Carillon
import CarillonTesting
import CarillonTriggers
import Logging
import Testing

/// Nodes on one store with different time zone data: the newer data counts.
@Suite(
    .timeLimit(.minutes(10)),
    .enabled(if: ZoneDatabase.system.version != nil, "the time zone database does not say which release it is"))
struct ZoneDataTests {
    private let node: LoneNode
    private let id: JobID

    init() throws {
        node = try LoneNode()
        node.gate.open()
        id = JobID("long")
    }

    private static func time(_ seconds: Int64) -> Instant {
        SchedulerBench.start.advanced(byMicroseconds: seconds * 1_000_000)
    }

    /// Another node that is alive says which data it has.
    private func hear(_ zones: String) async throws {
        _ = try await node.kept.heartbeat(
            NodeReport(
                id: try NodeID("other"), host: "elsewhere", process: 1, processStart: 1, tasks: [], zones: zones))
    }

    /// Starts, with a job that is due every 20 seconds.
    private func start() async throws {
        try await node.scheduler.addJob(id: "long", task: "long", trigger: .crontab("*/20 * * * * *"))
        try await node.scheduler.start()
        await node.pass(.seconds(2))
    }

    /// Stores a next time that the rules of this node do not name, as a node with other rules does.
    private func store(_ next: Instant) async throws {
        try await node.kept.edit(id, at: node.clock.now) { snapshot in
            var change = JobChange(job: snapshot.job)
            change.job.next = Job.Next(scheduled: next, due: next)
            return change
        }
    }

    private var next: Instant? {
        get async throws { try await node.kept.snapshot(id, at: node.clock.now).job.next?.scheduled }
    }

    @Test("A heartbeat says which data its node has")
    func heartbeat() async throws {
        try await start()
        let probe = NodeReport(
            id: try NodeID("probe"), host: "elsewhere", process: 1, processStart: 1, tasks: [])
        let nodes = try await node.kept.heartbeat(probe).nodes
        let report = try #require(nodes.first { $0.report.id == node.scheduler.node }).report
        #expect(report.zones == ZoneDatabase.system.version)
        await node.scheduler.shutdown()
    }

    @Test(
        "A time that only other rules name is fired where they are newer, and corrected where they are older",
        arguments: [("2999z", Int64(10)), ("1999z", 20)])
    func newerCounts(release: String, fired: Int64) async throws {
        try await hear(release)
        try await start()
        let lines = node.logged.lines(with: "the newer data counts")
        #expect(lines.count == 1 && lines.first?.level == .warning)
        #expect(lines.first?.message.contains("update the time zone data of this machine") == (fired == 10))
        try await store(Self.time(10))
        await node.scheduler.recheckTimes()
        for _ in 0..<4 {
            try await hear(release)
            await node.pass(.seconds(5))
        }
        let times = try await node.kept.runs(RunFilter(), page: Page()).map(\.id.occurrence.scheduled)
        #expect(times.filter { $0 > Self.time(2) }.min() == Self.time(fired))
        await node.scheduler.shutdown()
    }

    @Test("A due time that only newer rules name is not corrected before it fires")
    func dueByNewerRules() async throws {
        try await hear("2999z")
        try await start()
        try await store(Self.time(10))
        for _ in 0..<2 {
            try await hear("2999z")
            await node.pass(.seconds(5))
        }
        let times = try await node.kept.runs(RunFilter(), page: Page()).map(\.id.occurrence.scheduled)
        #expect(times.contains(Self.time(10)))
        await node.scheduler.shutdown()
    }

    @Test("A node with newer data looks at all times when it hears of another, and again and again")
    func corrects() async throws {
        try await start()
        try await store(Self.time(30))
        try await hear("1999z")
        await node.pass(.seconds(3))
        #expect(try await next == Self.time(20))
        try await store(Self.time(30))
        await node.scheduler.engine.lookAtZones()
        await node.pass(.seconds(3))
        #expect(try await next == Self.time(20))
        await node.scheduler.shutdown()
    }
}
