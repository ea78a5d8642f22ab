#if Command
import Carillon
import CarillonTriggers
import Foundation
import Testing

@Suite("What commands say of runs that wait or did not work", .fewAtOnce)
struct RunWordsTests {
    private static let node = "n1"

    private func pass(
        _ fixture: StoreFixture, takes: Bool = true, dead: [String] = [], _ ends: [(Run, Completion.Result)] = [],
        now: Instant = Instant(.now)
    ) async throws -> Run? {
        var pass = StorePass(now: now, node: try NodeID(Self.node), tasks: [TaskName("shell")])
        pass.slots = takes ? 1 : 0
        pass.dead = Set(try dead.map { try NodeID($0) })
        pass.completions = ends.map {
            Completion(run: $0.0.id, fence: $0.0.fence, finished: now, result: $0.1)
        }
        return try await pass.run(on: fixture.store).taken.first
    }

    /// A store with a job, of which a node has taken a run that somebody asked for.
    private func taken(_ adjust: (inout JobPolicies) -> Void = { _ in }) async throws -> (StoreFixture, Run) {
        var definition = try StoreFixture.job("a").definition
        adjust(&definition.policies)
        let fixture = try await StoreFixture([
            NewJob(id: JobID("a"), definition: definition, added: Instant(.now))
        ])
        try await fixture.store.runNow(JobID("a"), at: Instant(.now))
        return (fixture, try #require(try await pass(fixture)))
    }

    /// How a run may end while nobody works at it.
    enum IdleEnd: String, CaseIterable, Sendable {
        case cancelledAfterAStop, givenBack, lost, foundDead
    }

    @Test(
        "A time is found as lists and the server show it, cut to seconds and milliseconds, also of a job that is gone",
        arguments: [false, true])
    func cutTimes(isGone: Bool) async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("backup")])
        let scheduled = try await fixture.run("backup", .failed).id.occurrence.scheduled.microseconds
        if isGone { #expect(try await fixture.carillon("jobs", "remove", "backup").status == 0) }
        for width in [1_000_000, 1000, 1] as [Int64] {
            let time = Instant(microseconds: scheduled - scheduled % width).formatted(in: .utc)
            let why = try await fixture.carillon("runs", "why", "backup", time)
            #expect(why.output.first?.hasPrefix("'backup' ran for ") == true, "\(why)")
        }
        let later = Instant(microseconds: scheduled - scheduled % 1_000_000 + 2_000_000).formatted(in: .utc)
        let why = try await fixture.carillon("runs", "why", "backup", later)
        if isGone {
            #expect(why.status == 1 && why.error.contains("there is no job 'backup'"), "\(why)")
        } else {
            #expect(why.output.first?.contains("does not fire at") == true, "\(why)")
        }
    }

    @Test("No time is shown of a run that ended while nobody worked at it", arguments: IdleEnd.allCases)
    func idle(end: IdleEnd) async throws {
        let (fixture, run) = try await taken { $0.recovery = end == .lost ? .markLost : .rerun }
        let later = Instant(.now).advanced(byMicroseconds: 5_000_000)
        switch end {
        case .cancelledAfterAStop:
            _ = try await pass(fixture, takes: false, [(run, .interrupted())])
            #expect(try await fixture.store.cancel(run.id, at: later))
        case .givenBack:
            #expect(try await fixture.store.cancel(run.id, at: later))
            _ = try await pass(fixture, [(run, .givenBack)], now: later)
        case .lost: _ = try await pass(fixture, dead: [Self.node], now: later)
        case .foundDead:
            #expect(try await fixture.store.cancel(run.id, at: Instant(.now)))
            _ = try await pass(fixture, dead: [Self.node], now: later)
        }
        let show = try await fixture.carillon("runs", "show", run.id.description)
        let word = end == .lost ? "lost" : "cancelled"
        #expect(show.output.contains { $0.hasPrefix("outcome ") && $0.hasSuffix(" \(word)") }, "\(show)")
        #expect(show.output.contains { $0.hasPrefix("finished ") } && !show.text.contains("took"), "\(show)")
        if end == .givenBack { #expect(!show.output.contains { $0.hasPrefix("started ") }, "\(show)") }
        let list = try await fixture.carillon("runs", "list")
        // No column of durations, since nothing stands in it.
        #expect(list.output.first?.contains("TOOK") == false, "\(list)")
    }

    @Test("The time of a run that worked until its end is shown, also where somebody cancelled it")
    func worked() async throws {
        let (fixture, run) = try await taken()
        let later = Instant(.now).advanced(byMicroseconds: 5_000_000)
        #expect(try await fixture.store.cancel(run.id, at: later))
        _ = try await pass(fixture, [(run, .ended(.cancelled))], now: later)
        let show = try await fixture.carillon("runs", "show", run.id.description)
        #expect(show.text.contains(", took 5."), "\(show)")
    }

    @Test("So is that of one that was begun again, and the reason why it was begun again is left out while it runs")
    func workedAgain() async throws {
        let (fixture, run) = try await taken()
        let start = Instant(.now)
        let again = try #require(
            try await pass(fixture, [(run, .interrupted())], now: start.advanced(byMicroseconds: 20_000_000)))
        let list = try await fixture.carillon("runs", "list")
        #expect(list.output.last?.hasPrefix("running") == true && !list.text.contains("interrupted"), "\(list)")
        #expect(try await !fixture.carillon("runs", "show", run.id.description).text.contains("interrupted"))
        #expect(try await fixture.store.cancel(run.id, at: Instant(.now)))
        let end = start.advanced(byMicroseconds: 27_000_000)
        _ = try await pass(fixture, [(again, .ended(.cancelled))], now: end)
        let show = try await fixture.carillon("runs", "show", run.id.description)
        #expect(show.text.contains(", took 7."), "\(show)")
        #expect(try await fixture.carillon("runs", "list").text.contains(" 7.0 s "))
    }

    @Test("A run of a paused job says why it waits, wherever it is shown")
    func paused() async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a"), try StoreFixture.job("b")])
        var ids: [String] = []
        for _ in 0..<2 {
            let run = try #require(try await fixture.json("jobs", "run", "a") as? [String: Any])
            ids.append(try #require(run["id"] as? String))
        }
        #expect(try await fixture.carillon("jobs", "pause", "a").status == 0)
        let doctor = try await fixture.carillon("doctor")
        let jobs = try await fixture.carillon("jobs", "show", "a")
        for (id, state) in zip(ids, ["ready", "waiting"]) {
            let show = try await fixture.carillon("runs", "show", id)
            #expect(show.output.contains("state      \(state); it waits until the job is resumed"), "\(show)")
            let name = try await fixture.name(of: id)
            let json = try #require(try await fixture.json("runs", "show", id) as? [String: Any])
            #expect(json["waits"] as? String == "waits until the job is resumed")
            #expect(doctor.output.contains("warning  runs: '\(name)' waits until the job is resumed"), "\(doctor)")
            #expect(jobs.output.contains("Run '\(name)' waits until the job is resumed"), "\(jobs)")
            let time = id.split(separator: "/")[2]
            let why = try await fixture.carillon("runs", "why", "a", String(time))
            #expect(why.output.first?.contains(" waits until the job is resumed.") == true, "\(why)")
        }
        let other = try #require(try await fixture.json("jobs", "run", "b") as? [String: Any])
        let show = try await fixture.carillon("runs", "show", try #require(other["id"] as? String))
        #expect(show.output.contains("state      ready; it waits for a node to take it"), "\(show)")
    }

    @Test("A run whose nodes died too often says that it is lost, and why")
    func lost() async throws {
        let (fixture, first) = try await taken()
        var run = first
        for _ in 0..<3 { run = try #require(try await pass(fixture, dead: [Self.node])) }
        #expect(try await pass(fixture, dead: [Self.node]) == nil)
        let words = "its node was gone before it ended; it had been run again 3 times, which is the limit"
        let list = try await fixture.carillon("runs", "list")
        #expect(list.output.last?.contains(words) == true, "\(list)")
        let shown = try #require(try await fixture.json("runs", "show", run.id.description) as? [String: Any])
        #expect(shown["error"] as? String == words && shown["outcome"] as? String == "lost")
        let time = run.id.occurrence.scheduled.formatted(in: .utc)
        let why = try await fixture.carillon("runs", "why", "a", time)
        #expect(why.output.first?.hasSuffix(": lost. I\(words.dropFirst()).") == true, "\(why)")
    }

    @Test("A run that waits after a stop and is replaced says both")
    func replaced() async throws {
        let start = Instant(.now).advanced(byMicroseconds: -60_000_000)
        var definition = try StoreFixture.job("a").definition
        definition.trigger = try .interval(seconds: 60, start: start.date, in: .utc)
        definition.policies.atLimit = .replace
        let fixture = try await StoreFixture([NewJob(id: JobID("a"), definition: definition, added: start)])
        let first = start.advanced(byMicroseconds: 1_000_000)
        let run = try #require(try await pass(fixture, now: first))
        let second = start.advanced(byMicroseconds: 2_000_000)
        _ = try await pass(fixture, takes: false, [(run, .interrupted())], now: second)
        let time = run.id.occurrence.scheduled.formatted(in: .utc)
        let waits = try await fixture.carillon("runs", "why", "a", time)
        let stop = "It was interrupted by the stop of node 'n1', and"
        #expect(waits.output.first?.hasSuffix("\(stop) waits to be run again.") == true, "\(waits)")
        let next = try #require(try await pass(fixture, now: start.advanced(byMicroseconds: 61_000_000)))
        #expect(next.id != run.id)
        let why = try await fixture.carillon("runs", "why", "a", time)
        let later = start.advanced(byMicroseconds: 60_000_000).formatted(in: .utc)
        let cause = ": cancelled: the later occurrence of \(later) took its place."
        let words = "\(cause) Its node had died or stopped before, and it was not run again."
        #expect(why.output.first?.hasSuffix(words) == true, "\(why)")
    }

    @Test(
        "A run whose node was killed, and that was replaced, says whether it was run again", arguments: [false, true])
    func replacedAfterADeath(isAgain: Bool) async throws {
        let start = Instant(.now).advanced(byMicroseconds: -60_000_000)
        func time(_ seconds: Int64) -> Instant { start.advanced(byMicroseconds: seconds * 1_000_000) }
        var definition = try StoreFixture.job("a").definition
        definition.trigger = try .interval(seconds: 60, start: start.date, in: .utc)
        definition.policies.atLimit = .replace
        let fixture = try await StoreFixture([NewJob(id: JobID("a"), definition: definition, added: start)])
        var run = try #require(try await pass(fixture, now: time(1)))
        if isAgain { run = try #require(try await pass(fixture, dead: [Self.node], now: time(2))) }
        _ = try await pass(fixture, takes: false, now: time(61))
        _ =
            try await isAgain
            ? pass(fixture, takes: false, [(run, .ended(.cancelled))], now: time(62))
            : pass(fixture, takes: false, dead: [Self.node], now: time(62))
        let why = try await fixture.carillon("runs", "why", "a", start.formatted(in: .utc))
        let words = "took its place. Its node had died or stopped before, and it was \(isAgain ? "" : "not ")run again."
        #expect(why.output.first?.contains(": cancelled: the later occurrence of ") == true, "\(why)")
        #expect(why.output.first?.hasSuffix(words) == true, "\(why)")
    }

    @Test(
        "An occurrence that was made one with another names that, and what became of it",
        arguments: Coalesce.allCases, [false, true])
    func coalesced(coalesce: Coalesce, isHeld: Bool) async throws {
        let start = Instant(.now).advanced(byMicroseconds: -190_000_000)
        func time(_ seconds: Int64) -> Instant { start.advanced(byMicroseconds: seconds * 1_000_000) }
        var definition = try StoreFixture.job("a").definition
        definition.trigger = try .interval(seconds: 60, start: start.date, in: .utc)
        definition.policies.coalesce = coalesce
        let fixture = try await StoreFixture([NewJob(id: JobID("a"), definition: definition, added: start)])
        if isHeld { try await fixture.store.runNow(JobID("a"), at: time(185)) }
        _ = try await pass(fixture, takes: false, now: time(190))
        let (asked, chosen) = coalesce == .latest ? (time(60), time(180)) : (time(120), start)
        let why = try await fixture.carillon("runs", "why", "a", asked.formatted(in: .utc), "-z", "UTC")
        let json = try #require(
            try await fixture.json("runs", "why", "a", asked.formatted(in: .utc), "-z", "UTC") as? [String: Any])
        guard coalesce != .all else {
            #expect(json["coalesced_into"] is NSNull && !why.text.contains("That was"), "\(why)")
            return
        }
        #expect(json["coalesced_into"] as? String == chosen.formatted(in: .utc))
        let end =
            isHeld
            ? "which did not run either: skipped(instanceLimit), that is, as many runs of the job were open as may be."
            : "whose run is ready."
        #expect(why.output.first?.contains("(one of 3 in a row). That was the one of ") == true, "\(why)")
        #expect(why.output.first?.hasSuffix(", \(end)") == true, "\(why)")
        #expect(why.output.first == json["sentence"] as? String)
        // By another policy the range would be of others.
        let other = coalesce == .latest ? "earliest" : "latest"
        #expect(try await fixture.carillon("jobs", "edit", "a", "--coalesce", other).status == 0)
        let later = try await fixture.carillon("runs", "why", "a", asked.formatted(in: .utc))
        #expect(!later.text.contains("That was"), "\(later)")
    }

    @Test("Runs are listed by kind, by the names that the list shows")
    func kinds() async throws {
        var definition = try StoreFixture.job("a").definition
        definition.policies.onFailure = FailureTask(TaskName("tell"))
        let job = NewJob(id: JobID("a"), definition: definition, added: Instant(.now))
        let fixture = try await StoreFixture([job])
        _ = try await fixture.run("a", .failed)
        for (kind, word) in [("manual", "manual"), ("onFailure", "onFailure"), ("on-failure", "onFailure")] {
            let list = try await fixture.json("runs", "list", "--kind", kind)
            let runs = try #require(list as? [[String: Any]])
            #expect(runs.compactMap { $0["kind"] as? String } == [word])
        }
        #expect(try await fixture.carillon("runs", "list", "--kind", "backfill").output == ["There are no such runs."])
        let wrong = try await fixture.carillon("runs", "list", "--kind", "sometimes")
        #expect(wrong.status == 64 && wrong.error.contains("onFailure"), "\(wrong)")
        let run = "a/1/2026-01-01T00:00:00Z/scheduled/0/1"
        let follow = try await fixture.carillon("runs", "follow", run, "--kind", "manual")
        #expect(follow.status == 64 && follow.error.contains("--kind"), "\(follow)")
    }

    @Test("A node whose process has ended on this machine is dead, and nobody has its tasks any more")
    func deadNode() async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        try await fixture.store.runNow(JobID("a"), at: Instant(.now))
        _ = try await fixture.take(JobID("a"))
        let process = try Process.run(URL(filePath: "/bin/true"), arguments: [])
        process.waitUntilExit()
        let own = ProcessIdentity.current
        for (id, number, start) in [
            ("killed", process.processIdentifier, 1), (fixture.node.description, process.processIdentifier, 1),
            ("here", own, ProcessIdentity.start(of: own) ?? 0),
        ] as [(String, Int32, Int64)] {
            _ = try await fixture.store.heartbeat(
                NodeReport(
                    id: try NodeID(id), host: ProcessInfo.processInfo.hostName, process: number, processStart: start,
                    tasks: [try TaskName(id)]))
        }
        let nodes = try await fixture.carillon("nodes")
        #expect(nodes.output.contains { $0.contains(/^killed +dead\b/) }, "\(nodes)")
        #expect(nodes.output.contains { $0.contains(/^here +alive\b/) }, "\(nodes)")
        let json = try #require(try await fixture.json("nodes") as? [[String: Any]])
        #expect(json.compactMap { $0["state"] as? String } == ["alive", "dead", "dead"])
        let doctor = try await fixture.carillon("doctor")
        let words = "is dead: its process on this machine has ended"
        #expect(doctor.output.contains("warning  nodes: 'killed' \(words)"), "\(doctor)")
        let withRun = "'\(fixture.node)' \(words), and no other node has taken over its runs yet"
        #expect(doctor.output.contains("warning  nodes: \(withRun)"), "\(doctor)")
        #expect(doctor.text.contains("1 node uses the store"), "\(doctor)")
        let tasks = try #require(try await fixture.json("tasks") as? [[String: Any]])
        #expect(tasks.compactMap { $0["name"] as? String } == ["here", "shell"])
    }

    @Test("A node is shown with the age of its heartbeat and what is left of its lease")
    func nodes() async throws {
        let fixture = try await StoreFixture()
        _ = try await fixture.store.heartbeat(
            NodeReport(id: try NodeID("n1"), host: "elsewhere", process: 7, processStart: 0, tasks: []))
        let alive = try await fixture.carillon("nodes")
        #expect(alive.output.first?.contains(/STATE +HEARTBEAT +LEASE ENDS/) == true, "\(alive)")
        #expect(
            alive.output.last?.contains(/alive +.* +in \d+ minutes +elsewhere|in 1 hour +elsewhere/) == true, "\(alive)"
        )
        let nodes = try #require(try await fixture.json("nodes") as? [[String: Any]])
        let until = try #require(nodes.first?["lease_until"] as? String)
        let beat = try #require(nodes.first?["last_heartbeat"] as? String)
        let seconds = try [beat, until].map { try #require(Moment($0)).instant(in: .utc).flooredSeconds }
        #expect(seconds[1] - seconds[0] == 3600)
    }
}
#endif
