import CarillonCommand
import CarillonTriggers
import Testing

@Suite("The ledger")
struct LedgerTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path + "/state.sqlite3" }
    private let start = Instant(seconds: 1_800_000_000)

    init() throws { folder = try TemporaryFolder() }

    private func file(_ jobs: String...) throws(CommandFailure) -> JobsFile {
        try JobsFile(Array(("jobs:\n" + jobs.map { "- {command: x, \($0)}\n" }.joined()).utf8), name: "f")
    }

    /// A server's view of the database, with its jobs adopted.
    private func ledger(_ jobs: String..., at now: Instant, node: Int = 1) throws(CommandFailure) -> Ledger {
        let ledger = try Ledger(path: path, node: node)
        let lines = "jobs:\n" + jobs.map { "- {command: x, \($0)}\n" }.joined()
        try ledger.adopt(try JobsFile(Array(lines.utf8), name: "f"), now: now)
        return ledger
    }

    private func after(_ seconds: Double) -> Instant { start.advanced(byMicroseconds: Int64(seconds * 1_000_000)) }

    private func finish(_ ledger: Ledger, _ claims: [Ledger.Claim], at now: Instant) throws(CommandFailure) {
        try ledger.complete(claims.map { Ledger.Completion($0, "succeeded", from: now, to: now, exitCode: 0) })
    }

    private static let tick = "id: tick, trigger: interval, seconds: 10"

    @Test("An interval fires when it is added, then each time its length has passed, and nothing between")
    func interval() throws {
        let ledger = try ledger(Self.tick, at: start)
        var fired: [Instant] = []
        for second in 0...25 {
            let claims = try ledger.fire(now: after(Double(second)), limit: 10).claims
            fired += claims.map(\.scheduled)
            try finish(ledger, claims, at: after(Double(second)))
        }
        #expect(fired == [start, after(10), after(20)])
        #expect(try ledger.schedule(limit: 1).first?.due == after(30))
    }

    @Test("A restart keeps the phase; a changed trigger begins anew")
    func phase() throws {
        let first = try ledger(Self.tick, at: start)
        try finish(first, try first.fire(now: start, limit: 10).claims, at: start)
        let second = try ledger(Self.tick, at: after(4))
        #expect(try second.schedule(limit: 1).first?.due == after(10))
        let third = try ledger("id: tick, trigger: interval, seconds: 7", at: after(5))
        #expect(try third.schedule(limit: 1).first?.due == after(5))
    }

    @Test("What passed while nothing served is one run of the latest and one range, however long it was")
    func absence() throws {
        let century = 100 * 365.25 * 86_400
        let first = try ledger("id: tick, trigger: interval, seconds: 1", at: start)
        try finish(first, try first.fire(now: start, limit: 10).claims, at: start)
        let second = try ledger("id: tick, trigger: interval, seconds: 1", at: after(century + 0.5))
        let (claims, reasons) = try second.fire(now: after(century + 0.5), limit: 10)
        #expect(claims.map(\.scheduled) == [after(century)])
        #expect(reasons.map(\.outcome) == ["coalesced"])
        #expect(reasons.map(\.first) == [after(1)])
        #expect(reasons.map(\.last) == [after(century - 1)])
        #expect(reasons.map(\.count) == [Int(century) - 1])
        #expect(try second.schedule(limit: 1).first?.due == after(century + 1))
    }

    @Test("While a run goes on, further occurrences are skipped, as one range")
    func instanceLimit() throws {
        let ledger = try ledger(Self.tick, at: start)
        let claims = try ledger.fire(now: start, limit: 10).claims
        for time in [10.0, 20, 45] {
            #expect(try ledger.fire(now: after(time), limit: 10).claims.isEmpty)
        }
        try finish(ledger, claims, at: after(46))
        #expect(try ledger.fire(now: after(50), limit: 10).claims.map(\.scheduled) == [after(50)])
        let ranges = try Database(path: path).rows("SELECT first, last, count, outcome FROM reasons ORDER BY first") {
            "\($0.time(0) == after(10)) \($0.time(1) == after(20)) \($0.number(2)) \($0.text(3))"
        }
        #expect(ranges.first == "true true 2 skipped")
        #expect(ranges.count == 3)
    }

    @Test("A date that has passed runs once, late; a job without a trigger runs once, when it is first seen")
    func once() throws {
        let jobs = ["id: date, trigger: date, run_date: 2001-01-01", "id: now"]
        let first = try ledger(jobs[0], jobs[1], at: start)
        let claims = try first.fire(now: start, limit: 10).claims
        #expect(claims.map(\.jobID) == ["date", "now"])
        #expect(claims.map(\.scheduled) == [Instant(seconds: 978_307_200), start])
        try finish(first, claims, at: start)
        let second = try ledger(jobs[0], jobs[1], at: after(9))
        #expect(try second.fire(now: after(9), limit: 10).claims.isEmpty)
        // Taken out of the file and put back, the date has its run already.
        _ = try ledger(jobs[1], at: after(10))
        let fourth = try ledger(jobs[0], at: after(11))
        #expect(try fourth.fire(now: after(11), limit: 10).claims.isEmpty)
    }

    @Test("A run whose server died is started again three times and is then lost")
    func recovery() throws {
        let first = try ledger(Self.tick, at: start)
        #expect(try first.fire(now: start, limit: 10).claims.map(\.attempt) == [1])
        for attempt in 2...4 {
            let next = try ledger(Self.tick, at: after(1), node: attempt)
            #expect(try next.recover(now: after(1)) { $0 == attempt }.claims.map(\.attempt) == [attempt])
            // Its server lives now.
            #expect(try next.recover(now: after(1)) { $0 == attempt }.claims.isEmpty)
        }
        let last = try ledger(Self.tick, at: after(2), node: 5)
        let (claims, lost) = try last.recover(now: after(2)) { $0 == 5 }
        #expect(claims.isEmpty)
        #expect(lost.map(\.outcome) == ["lost"])
        #expect(lost.map(\.claim.attempt) == [4])
        #expect(try Account(path, jobID: "tick", of: [start]).openRuns == 0)
    }

    @Test("A run of a living server is left alone, one of a dead server whose job is gone is lost")
    func livingAndGone() throws {
        let first = try ledger(Self.tick, at: start)
        #expect(try first.fire(now: start, limit: 10).claims.count == 1)
        let second = try ledger("id: other", at: after(1), node: 2)
        #expect(try second.recover(now: after(1)) { _ in true }.lost.isEmpty)
        #expect(try second.recover(now: after(1)) { $0 == 2 }.lost.map(\.error) == ["its job is gone"])
    }

    @Test("Of the runs of a living and a dead server, those of the dead one are started again")
    func livingAndDead() throws {
        let jobs = [Self.tick, "id: other, trigger: interval, seconds: 10"]
        let servers = try [1, 2].map { try ledger(jobs[0], jobs[1], at: start, node: $0) }
        let first = try servers[0].fire(now: start, limit: 1).claims
        let second = try servers[1].fire(now: start, limit: 1).claims
        #expect(first.count == 1 && second.count == 1)
        let third = try ledger(jobs[0], jobs[1], at: after(1), node: 3)
        #expect(try third.recover(now: after(1)) { $0 != 2 }.claims.map(\.jobID) == second.map(\.jobID))
    }

    @Test("The outcome of a run that another server has taken over is not accepted")
    func takenOver() throws {
        let first = try ledger(Self.tick, at: start)
        let old = try first.fire(now: start, limit: 10).claims
        let second = try ledger(Self.tick, at: after(1), node: 2)
        let new = try second.recover(now: after(1)) { $0 == 2 }.claims
        try finish(first, old, at: after(2))
        #expect(try Account(path, jobID: "tick", of: [start]).openRuns == 1)
        try second.complete(new.map { Ledger.Completion($0, "failed", from: after(1), to: after(3)) })
        try finish(first, old, at: after(4))
        let outcomes = try Database(path: path).rows("SELECT outcome FROM runs") { $0.text(0) }
        #expect(outcomes == ["failed"])
    }

    @Test("Of two servers on one database, one claims an occurrence")
    func twoServers() throws {
        let servers = [try ledger(Self.tick, at: start, node: 1), try ledger(Self.tick, at: start, node: 2)]
        for second in stride(from: 0.0, to: 100, by: 5) {
            var count = 0
            for server in servers {
                let claims = try server.fire(now: after(second), limit: 10).claims
                count += claims.count
                try finish(server, claims, at: after(second))
            }
            #expect(count == (second.truncatingRemainder(dividingBy: 10) == 0 ? 1 : 0))
        }
        #expect(
            try Account(path, jobID: "tick", of: (0..<10).map { after(Double($0) * 10) }).entries.allSatisfy { $0 == 1 }
        )
    }

    @Test("A server whose file differs from that of another on the same database stops")
    func otherFile() throws {
        let first = try ledger(Self.tick, at: start)
        _ = try ledger("id: tick, trigger: interval, seconds: 3", at: start, node: 2)
        #expect(throws: CommandFailure.self) { try first.fire(now: after(1), limit: 10) }
    }

    @Test("No more jobs are fired than there is room for; the others follow")
    func room() throws {
        let ledger = try ledger("id: a", "id: b", "id: c", at: start)
        #expect(try ledger.fire(now: start, limit: 2).claims.count == 2)
        #expect(try ledger.fire(now: start, limit: 0).claims.isEmpty)
        #expect(try ledger.fire(now: start, limit: 2).claims.count == 1)
    }

    @Test("A database of another program is refused")
    func otherProgram() throws {
        try Database(path: path).run("CREATE TABLE theirs (x)")
        #expect(throws: CommandFailure.self) { try Ledger(path: path, node: 1) }
    }

    @Test(
        "At random moments of looking, dying and finishing, every occurrence is accounted for once",
        arguments: [
            "trigger: interval, seconds: 7", "trigger: interval, seconds: 7, jitter: 5",
            "trigger: crontab, expression: '*/20 * * * * *', jitter: 60",
            "trigger: or, triggers: [{type: interval, seconds: 11}, {type: cron, second: '*/15'}]",
        ],
        [1, 2, 3] as [UInt64]
    )
    func everyOccurrence(trigger: String, seed: UInt64) throws {
        var random = SeededGenerator(state: seed)
        let job = "id: job, \(trigger)"
        var node = 1
        var server = try ledger(job, at: start)
        let whole = try file(job).jobs[0].trigger?.anchored(at: start)
        var now = start
        var running: [Ledger.Claim] = []
        for _ in 0..<300 {
            now = now.advanced(byMicroseconds: Int64.random(in: 0...20_000_000, using: &random))
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                now = now.advanced(byMicroseconds: Int64.random(in: 0...100_000_000, using: &random))
                node += 1
                server = try ledger(job, at: now, node: node)
                running = try server.recover(now: now) { $0 == node }.claims
            case 1...5:
                try finish(server, running, at: now)
                running = []
            default: break
            }
            let claims = try server.fire(now: now, limit: 10).claims
            #expect(claims.allSatisfy { $0.due <= now && $0.due >= $0.scheduled })
            running += claims
            #expect(running.count <= 1)
        }
        try finish(server, running, at: now)
        let next = try Database(path: path).rows("SELECT next_scheduled FROM jobs") { $0.time(0) }.first ?? now
        let due = try #require(whole?.fireTimes(after: start.advanced(byMicroseconds: -1)).prefix { $0 < next })
        let occurrences = Array(due)
        #expect(occurrences.count > 100)
        let account = try Account(path, jobID: "job", of: occurrences)
        #expect(account.entries.allSatisfy { $0 == 1 })
        #expect(account.strays == 0)
        #expect(account.openRuns == 0)
    }

    @Test("Beside another server a file may be served only where its jobs are the ones kept")
    func contested() throws {
        let ledger = try ledger(Self.tick, "id: once", at: start)
        let kept = try ledger.schedule(limit: 9).map(\.jobID)
        for jobs in [["id: once"], [Self.tick, "id: once", "id: new"], [Self.tick + "0", "id: once"]] {
            let lines = "jobs:\n" + jobs.map { "- {command: x, \($0)}\n" }.joined()
            let other = try Ledger(path: path, node: 2)
            let file = try JobsFile(Array(lines.utf8), name: "g")
            do throws(CommandFailure) {
                try other.adopt(file, now: after(1)) { true }
                Issue.record("\(jobs) are not refused")
            } catch {
                #expect(error.status == .conflict && error.description.contains("another server is serving"))
            }
        }
        #expect(try ledger.schedule(limit: 9).map(\.jobID) == kept)
        let same = try Ledger(path: path, node: 2)
        try same.adopt(try file("id: once", Self.tick), now: after(1)) { true }
    }

    @Test("A date that ran is over, also where another file was served in between")
    func dateBetween() throws {
        let date = "id: date, trigger: date, run_date: '2027-01-15T08:00:00Z'"
        let first = try ledger(date, at: start.advanced(byMicroseconds: -1))
        try finish(first, try first.fire(now: start, limit: 10).claims, at: start)
        _ = try ledger(Self.tick, at: after(5))
        let again = try ledger(date, at: after(9))
        let schedule = try again.schedule(limit: 1)
        #expect(schedule.count == 1 && schedule.first?.due == nil)
    }
}

/// The same numbers for the same seed: SplitMix64 (Steele, Lea and Flood, 2014).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
