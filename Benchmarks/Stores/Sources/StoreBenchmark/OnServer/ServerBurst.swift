import Carillon
import CarillonTriggers
import Foundation

/// A burst of one-off jobs that do nothing, on a server: through schedulers, by the roof in C, and by pgqueuer.
struct ServerBurst {
    let server: BenchmarkServer
    let jobs: Int
    let rounds: Int
    /// The Python of the peer's environment, and the peer's program; `nil` without the peer.
    let peer: [String]?

    private struct Row {
        let name: String
        var rates: [Double] = []
        var shares: [Double] = []
    }

    /// Measures all in turns, and prints medians.
    func measure() async throws {
        var rows = [1, 2, 4].map { Row(name: "Carillon, \($0) node\($0 == 1 ? "" : "s")") }
        rows += [1, 2].map { Row(name: "roof in C, \($0) process\($0 == 1 ? "" : "es")") }
        let batches = [100, 200, 500]
        if peer != nil { rows += batches.map { Row(name: "pgqueuer, batches of \($0)") } }
        for _ in 0..<rounds {
            var index = 0
            for nodes in [1, 2, 4] {
                let (rate, share) = try await carillon(nodes)
                rows[index].rates.append(rate)
                rows[index].shares.append(share)
                index += 1
            }
            for processes in [1, 2] {
                rows[index].rates.append(try roofRate(processes))
                index += 1
            }
            if let peer {
                for batch in batches {
                    let output = try Running(peer + [server.url, String(batch), String(jobs)]).output()
                    rows[index].rates.append(Double(output) ?? 0)
                    index += 1
                }
            }
        }
        print("\nburst of \(jobs) jobs, runs a second to their written outcome, medians of \(rounds)")
        for row in rows {
            let range = "\((row.rates.min() ?? 0).whole) to \((row.rates.max() ?? 0).whole)"
            var line = row.name.padded(28) + median(row.rates).whole.leftPadded(9) + "  " + range.padded(18)
            if let least = row.shares.min() {
                line += " least share of a node: \((least * 100).whole) % of an even one"
            }
            print(line)
        }
        let (one, two, four) = (median(rows[0].rates), median(rows[1].rates), median(rows[2].rates))
        print("of the roof: \((one / median(rows[3].rates)).hundredths) (to reach: 0.6)")
        if peer != nil {
            let best = rows.dropFirst(5).map { median($0.rates) }.max() ?? 0
            print("beside pgqueuer's best: \((one / best).hundredths) × (to reach: 1.5)")
        }
        print(
            "2 nodes: \((two / one).hundredths) × one (to reach: 1.2), 4: \((four / one).hundredths) × (to reach: 1.1)")
    }

    /// Runs a second of so many nodes, and the share of the one with the fewest, of an even one.
    func carillon(_ nodes: Int) async throws -> (rate: Double, share: Double) {
        let url = try server.emptySchema()
        let store = try await ServerNode.store(url)
        // The nodes have read what they read at their start before it.
        let due = Date(timeIntervalSinceNow: 4 + Double(jobs) / 2500)
        try await StoreWork(store, node: "parent").add(0..<jobs, at: SystemClock().now, trigger: .date(due))
        await store.close()
        // As the roof does: without statistics, a server guesses how large tables are.
        _ = try server.roof("analyze", "0")
        let nodes = try ServerNodes(nodes, url: url)
        defer { nodes.end() }
        guard due.timeIntervalSinceNow > 2 else { throw BenchmarkFailure("the jobs were not added in time") }
        try nodes.start()
        let counts = try nodes.wait(for: jobs)
        let seconds = -due.timeIntervalSinceNow
        guard counts.reduce(0, +) == jobs else {
            throw BenchmarkFailure("the nodes have ended \(counts) runs of \(jobs)")
        }
        return (Double(jobs) / seconds, Double(counts.min() ?? 0) * Double(counts.count) / Double(jobs))
    }

    private func roofRate(_ processes: Int) throws -> Double {
        _ = try server.roof("fill", String(jobs))
        let start = ContinuousClock.now
        let workers = try (0..<processes).map { try Running(server.roofCommand("work", String($0 + 1), "500")) }
        var done = 0
        for worker in workers { done += Int(try worker.output().split(separator: " ").first ?? "") ?? 0 }
        guard done == jobs else { throw BenchmarkFailure("the roof has ended \(done) runs of \(jobs)") }
        return Double(jobs) / (ContinuousClock.now - start).seconds
    }
}
