import Carillon
import CarillonTriggers
import Testing

/// Which nodes are dead, and since when a node may say so.
@Suite struct NodeWatchTests {
    private let me: NodeReport
    private let other: NodeReport
    private let neighbour: NodeReport

    init() throws {
        me = NodeReport(id: try NodeID("me"), host: "here", process: 1, processStart: 10, tasks: [])
        other = NodeReport(id: try NodeID("other"), host: "there", process: 1, processStart: 10, tasks: [])
        neighbour = NodeReport(id: try NodeID("neighbour"), host: "here", process: 2, processStart: 20, tasks: [])
    }

    /// The answer to a heartbeat of `me`, with when the store heard of others last.
    private func heartbeat(_ time: Double, _ others: [(NodeReport, Double)]) -> Heartbeat {
        let nodes = ([(me, time)] + others).map { NodeRecord(report: $0.0, lastHeartbeat: at($0.1)) }
        return Heartbeat(
            storeTime: at(time),
            nodes: nodes,
            nodesVersion: 0,
            namesAll: true,
            news: StoreNews()
        )
    }

    struct Case: Sendable {
        /// The heartbeats of the watching node, each with when the other one was heard of.
        let beats: [(Double, other: Double)]
        /// From which of them on the other one is dead; nothing for never.
        let deadFrom: Double?
    }

    @Test(
        "Dead after a lease of silence, said by a node that has held its own for a lease",
        arguments: [
            Case(beats: [(0, 0), (5, 5), (10, 10), (15, 15)], deadFrom: nil),
            Case(beats: [(0, 0), (5, 0), (10, 0), (10.000_001, 0)], deadFrom: 10.000_001),
            Case(beats: [(0, -100), (5, -100), (9.9, -100), (10, -100)], deadFrom: 10),
            Case(beats: [(0, -100)], deadFrom: nil),
            // The store was away, and has heard of nobody since.
            Case(beats: [(0, 0), (5, 5), (65, 5), (70, 5), (74.9, 5), (75, 5)], deadFrom: 75),
            Case(beats: [(0, 0), (5, 5), (65, 5), (70, 68), (75, 73)], deadFrom: nil),
            // A lease to the microsecond is unbroken, a longer one is not.
            Case(beats: [(0, -100), (10, -100)], deadFrom: 10),
            Case(beats: [(0, -100), (10.000_001, -100), (20, -100), (20.000_001, -100)], deadFrom: 20.000_001),
            // The store's clock was set back: who is heard of again lives, who is not is dead.
            Case(beats: [(1000, 1000), (1005, 1005), (5, 1005), (10, 8), (15, 13)], deadFrom: nil),
            Case(beats: [(1000, 1000), (1005, 1005), (5, 1005), (10, 1005), (15, 1005)], deadFrom: 15),
            // Clocks of stores are not exact to the last microsecond.
            Case(beats: [(0, 0), (5, 5), (10, 10.01)], deadFrom: nil),
        ])
    func leases(_ item: Case) {
        var watch = NodeWatch(me)
        for (time, heard) in item.beats {
            let dead = watch.dead(in: heartbeat(time, [(other, heard)])) { _, _ in false }
            let isDead = item.deadFrom.map { time >= $0 && time < 500 } ?? false
            #expect(dead == (isDead ? [other.id] : []), "at \(time)")
        }
    }

    @Test("A process that has ended on this machine is dead at once, no other is asked for")
    func sameHost() {
        var watch = NodeWatch(me)
        var asked: [Int32] = []
        let answer = heartbeat(0, [(neighbour, 0), (other, 0)])
        let dead = watch.dead(in: answer) { process, start in
            asked.append(process)
            return process == 2 && start == 20
        }
        #expect(dead == [neighbour.id])
        #expect(asked == [2])
        #expect(watch.dead(in: answer) { _, _ in false }.isEmpty)
    }

    @Test("Nobody declares itself dead")
    func myself() {
        var watch = NodeWatch(me)
        for time in [0.0, 5, 10, 15] {
            var answer = heartbeat(time, [])
            answer = Heartbeat(
                storeTime: answer.storeTime,
                nodes: [NodeRecord(report: me, lastHeartbeat: at(-100))],
                nodesVersion: 0,
                namesAll: true,
                news: StoreNews()
            )
            #expect(watch.dead(in: answer) { _, _ in true }.isEmpty)
        }
    }

    @Test("A lease is lost when it has passed since the last heartbeat")
    func lostLease() {
        var watch = NodeWatch(me, lease: .seconds(4))
        #expect(!watch.hasLostLease(at: at(1000)))
        _ = watch.dead(in: heartbeat(0, [])) { _, _ in false }
        #expect(!watch.hasLostLease(at: at(4)))
        #expect(watch.hasLostLease(at: at(4.000_001)))
        #expect(watch.lease == 4_000_000)
    }
}
