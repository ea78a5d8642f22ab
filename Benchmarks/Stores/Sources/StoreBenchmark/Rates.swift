import Carillon
import CarillonSQLite
import CarillonTriggers

/// Rates of fire, take and complete through the store, and by SQLite's C interface alone, in turn.
struct Rates {
    let folder: String
    let jobs: Int
    let batch: Int
    let rounds: Int

    private struct Costs {
        var fire: [Cost] = []
        var take: [Cost] = []
        var complete: [Cost] = []
    }

    func measure() async throws {
        let start = Instant(seconds: 1_800_000_000)
        let work = try StoreWork(try await SQLiteJobStore(path: "\(folder)/rates.sqlite3"), node: "node")
        try await work.add(0..<jobs, at: start)
        let least = try RawRoof.least("\(folder)/least.sqlite3", jobs: jobs, start: start)
        let sameSchema = try await RawRoof.onStoreSchema("\(folder)/same.sqlite3", jobs: jobs, start: start)
        var own = Costs()
        var raw = Costs()
        var rawLeast = Costs()
        for round in 0..<rounds {
            let now = Instant(microseconds: start.microseconds + Int64(round) * 60_000_000)
            try await ownRound(work, now, &own)
            try rawRound(sameSchema, now, &raw)
            try rawRound(least, now, &rawLeast)
        }
        print(
            """

            One process, batches of \(batch), synchronous=FULL, medians of \(rounds) rounds of \(jobs) runs.
            Beside the store, a C program on SQLite's own interface does the same in the same batches:
            A. on the store's own tables and indexes, reading the job and its open runs before each change, as whoever
               judges limits, fences and versions must, and keeping the history; without planner, policies or listings
            B. the least that is safe: two tables, one index of what is due and one of what is ready; it reads nothing
               that it does not write, has no tasks and priorities, finds runs neither by node nor by job, and no history
            The store's share of each is given of the clock's time and, in brackets, of CPU time.
                         store, runs/s    A: same schema, runs/s        B: least, runs/s
            """)
        for (name, path) in [("fire", \Costs.fire), ("take", \.take), ("complete", \.complete)] {
            row(name, [own[keyPath: path]], [raw[keyPath: path]], [rawLeast[keyPath: path]])
        }
        row(
            "all three", [own.fire, own.take, own.complete], [raw.fire, raw.take, raw.complete],
            [rawLeast.fire, rawLeast.take, rawLeast.complete])
    }

    private func row(_ name: String, _ own: [[Cost]], _ roofs: [[Cost]]...) {
        func seconds(_ costs: [[Cost]], _ path: KeyPath<Cost, Double>) -> Double {
            costs.map { median($0.map { $0[keyPath: path] }) }.reduce(0, +)
        }
        func rate(_ costs: [[Cost]]) -> String { (Double(jobs) / seconds(costs, \.wall)).whole }
        func share(_ roof: [[Cost]], _ path: KeyPath<Cost, Double>) -> String {
            (seconds(roof, path) / seconds(own, path) * 100).whole + " %"
        }
        var line = name.padded(12) + rate(own).leftPadded(14)
        for roof in roofs {
            line += rate(roof).leftPadded(14) + share(roof, \.wall).leftPadded(8) + " (\(share(roof, \.cpu)))"
        }
        print(line)
    }

    private func ownRound(_ work: StoreWork, _ now: Instant, _ costs: inout Costs) async throws {
        var taken: [[Run]] = []
        costs.fire.append(try await Cost { while try await work.fire(batch, now: now) > 0 {} })
        costs.take.append(
            try await Cost {
                while true {
                    let some = try await work.take(batch, now: now)
                    if some.isEmpty { break }
                    taken.append(some)
                }
            })
        guard taken.joined().count == jobs else { throw SQLiteError(description: "taken: \(taken.joined().count)") }
        costs.complete.append(
            try await Cost { for some in taken { _ = try await work.complete(some, now: now) } })
    }

    private func rawRound(_ roof: RawRoof, _ now: Instant, _ costs: inout Costs) throws {
        func all(_ step: (Int, Instant) throws -> Int) throws -> Cost {
            var count = 0
            let cost = try Cost {
                while true {
                    let some = try step(batch, now)
                    if some == 0 { break }
                    count += some
                }
            }
            guard count == jobs else { throw SQLiteError(description: "\(count) runs instead of \(jobs)") }
            return cost
        }
        costs.fire.append(try all(roof.fire))
        costs.take.append(try all(roof.take))
        costs.complete.append(try all(roof.complete))
    }
}
