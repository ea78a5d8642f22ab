#if Command
import Carillon
import CarillonTriggers
import Foundation
import Testing

@Suite("What runs are called", .fewAtOnce)
struct RunNameTests {
    /// The names that a list shows, without its titles.
    private static func names(_ list: CommandRun) -> [String] {
        list.output.dropFirst().compactMap { $0.split(separator: " ").dropFirst().first.map(String.init) }
    }

    /// The ids of the runs that names mean, by what `runs show` finds.
    private static func ids(_ names: [String], _ fixture: StoreFixture) async throws -> [String?] {
        var ids: [String?] = []
        for name in names {
            let run = try #require(try await fixture.json("runs", "show", name) as? [String: Any], "\(name)")
            ids.append(run["id"] as? String)
        }
        return ids
    }

    private static func listedIDs(_ fixture: StoreFixture) async throws -> [String] {
        try await fixture.store.runs(RunFilter(), page: Page(limit: 100)).map(\.id.description)
    }

    /// A store with a job whose trigger names each hour of the days of a range.
    private static func backfilled(
        _ id: String, _ first: String, _ last: String, expression: String = "30 * * * *"
    ) async throws -> StoreFixture {
        var definition = try StoreFixture.job(id).definition
        definition.trigger = try .crontab(expression, in: Zone("Europe/Berlin"))
        let fixture = try await StoreFixture([
            NewJob(id: try JobID(id), definition: definition, added: Instant(.now))
        ])
        let stretch = try [first, last].map { try #require(Moment($0)).instant(in: .utc) }
        _ = try await fixture.store.backfill(try JobID(id), from: stretch[0], through: stretch[1], at: Instant(.now))
        return fixture
    }

    @Test("Every name that a list shows is taken by show, as its job has it and in another zone")
    func taken() async throws {
        var definition = try StoreFixture.job("a/b").definition
        definition.policies.onFailure = FailureTask(TaskName("tell"))
        let fixture = try await StoreFixture([
            NewJob(id: JobID("a/b"), definition: definition, added: Instant(.now)), try StoreFixture.job("c"),
        ])
        let failed = try await fixture.run("a/b", .failed)
        #expect(try await fixture.carillon("runs", "retry", failed.id.description).status == 0)
        _ = try await fixture.run("c", .succeeded)
        let ids = try await Self.listedIDs(fixture)
        #expect(ids.count == 4)
        for zone in [[], ["-z", "Asia/Kolkata"]] {
            let list = try await fixture.carillon(["runs", "list"] + zone)
            let names = Self.names(list)
            #expect(try await Self.ids(names, fixture) == ids, "\(list)")
            #expect(names.allSatisfy { $0.count < 45 && !$0.contains("/1/") && !$0.contains(".") }, "\(list)")
            for end in ["/manual", "/manual/2", "/onFailure"] {
                #expect(names.contains { $0.hasPrefix("a/b/") && $0.hasSuffix(end) }, "\(list)")
            }
        }
    }

    @Test("A time of a trigger is a job and a time, to the minute where that is all there is")
    func scheduled() async throws {
        let fixture = try await Self.backfilled("backup", "2026-11-22T01:00", "2026-11-22T03:00")
        let list = try await fixture.carillon("runs", "list")
        #expect(Self.names(list) == ["03:30", "02:30"].map { "backup/2026-11-22T\($0)+01:00/backfill" }, "\(list)")
        let ids = try await Self.listedIDs(fixture)
        // Without a kind it is the only run of that time, and without an offset a time of the job's zone.
        for (name, id) in [
            ("backup/2026-11-22T02:30", ids[1]), ("backup/2026-11-22 03:30:00", ids[0]),
            ("backup/2026-11-22T01:30Z/backfill", ids[1]), (ids[0], ids[0]), (String(ids[0].dropLast(2)), ids[0]),
        ] {
            #expect(try await Self.ids([name], fixture) == [id], "\(name)")
        }
        let show = try await fixture.carillon("runs", "show", "backup/2026-11-22T02:30")
        #expect(show.output.first?.hasSuffix(" backup/2026-11-22T02:30+01:00/backfill") == true, "\(show)")
        #expect(show.output.dropFirst().first?.hasSuffix(" \(ids[1])") == true, "\(show)")
        let why = try await fixture.carillon("runs", "why", "backup", "2026-11-22T02:30")
        #expect(why.output.last?.contains(" backup/2026-11-22T02:30+01:00/backfill ") == true, "\(why)")
    }

    @Test("A day with several runs is refused with names of them, and a time without one says where to look")
    func several() async throws {
        let fixture = try await Self.backfilled("backup", "2026-11-22T01:00", "2026-11-22T03:00")
        let day = try await fixture.carillon("runs", "show", "backup/2026-11-22")
        let names = "backup/2026-11-22T03:30+01:00/backfill or backup/2026-11-22T02:30+01:00/backfill"
        #expect(day.status == 1 && day.error.hasSuffix("may be 2 runs: name one of them, such as \(names)"), "\(day)")
        let none = try await fixture.carillon("runs", "cancel", "backup/2026-11-22T04:30")
        #expect(none.status == 1 && none.error.contains("'carillon runs list --job backup' shows those"), "\(none)")
        // One that only a scheduled kind or a second attempt would be.
        for name in ["backup/2026-11-22T02:30/manual", "backup/2026-11-22T02:30/2"] {
            #expect(try await fixture.carillon("runs", "show", name).status == 1, "\(name)")
        }
    }

    @Test("Runs of one second have its parts in their names, and runs of one moment their ids")
    func sameSecond() async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        let second = Instant(seconds: Instant(.now).flooredSeconds - 60)
        let job = JobID("a")
        let times = [0, 250_000, 250_000].map { second.advanced(byMicroseconds: $0) }
        for time in times { try await fixture.store.runNow(job, at: time) }
        let ids = try await Self.listedIDs(fixture)
        let list = try await fixture.carillon("runs", "list", "-z", "UTC")
        let names = Self.names(list)
        #expect(try await Self.ids(names, fixture) == ids, "\(list)")
        #expect(Set(names.prefix(2)) == Set(ids.prefix(2)), "\(list)")
        #expect(names.last?.hasSuffix("Z/manual") == false && names.last?.hasSuffix("/manual") == true, "\(list)")
        // Without the second of two of one moment the other has a name.
        #expect(try await fixture.carillon("runs", "cancel", ids[0]).status == 0)
        let open = try await fixture.carillon("runs", "list", "--state", "ready")
        #expect(try await Self.ids(Self.names(open), fixture).allSatisfy { $0.map(ids.contains) == true }, "\(open)")
    }

    @Test("A minute, a second and a day mean what began within them")
    func shorterTimes() async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        let job = JobID("a")
        let times = try ["2026-11-22T02:30:17.25", "2026-11-22T02:31:00.5", "2026-11-23T23:59:59.75"].map {
            try #require(Moment($0)).instant(in: .utc)
        }
        for time in times { try await fixture.store.runNow(job, at: time) }
        let ids = try await Self.listedIDs(fixture)
        for (name, id) in [
            ("a/2026-11-22T02:30Z", ids[2]), ("a/2026-11-22T02:31Z", ids[1]), ("a/2026-11-22T02:30:17Z", ids[2]),
            ("a/2026-11-22T02:31:00.5Z", ids[1]),
        ] {
            #expect(try await Self.ids([name], fixture) == [id], "\(name)")
        }
        let day = try await fixture.carillon("runs", "show", "a/2026-11-23", "-z", "UTC")
        #expect(day.output.contains { $0.hasPrefix("id ") && $0.hasSuffix(" \(ids[0])") }, "\(day)")
    }

    @Test("In the hour that clocks show twice, both have a name, in order")
    func repeatedHour() async throws {
        let fixture = try await Self.backfilled("backup", "2026-10-24T23:45", "2026-10-25T02:15")
        let list = try await fixture.carillon("runs", "list")
        let names = ["02:30+01:00", "02:30+02:00"].map { "backup/2026-10-25T\($0)/backfill" }
        #expect(Self.names(list).suffix(2) == names[...], "\(list)")
        let ids = try await Self.listedIDs(fixture)
        #expect(try await Self.ids(names, fixture) == Array(ids.suffix(2)))
    }

    @Test("A run that was backfilled, or is retried, is not late for the time before anybody asked for it")
    func lateness() async throws {
        let fixture = try await Self.backfilled("backup", "2026-11-22T01:00", "2026-11-22T02:00")
        let run = try await fixture.take(JobID("backup"))
        var pass = StorePass(now: Instant(.now), node: fixture.node, tasks: [])
        pass.completions = [
            Completion(run: run.id, fence: run.fence, finished: Instant(.now), result: .ended(.failed))
        ]
        _ = try await pass.run(on: fixture.store)
        #expect(try await fixture.carillon("runs", "retry", run.id.description).status == 0)
        _ = try await fixture.take(JobID("backup"))
        for attempt in ["", "/backfill/2"] {
            let show = try await fixture.carillon("runs", "show", "backup/2026-11-22T02:30\(attempt)")
            let started = try #require(show.output.first { $0.hasPrefix("started ") }, "\(show)")
            // The machine may take its time between the wish and the beginning, but no hours.
            #expect(!started.contains(" h "), "\(show)")
        }
        let asked = Instant(.now).advanced(byMicroseconds: -7_200_000_000)
        let other = try await StoreFixture([try StoreFixture.job("a")])
        try await other.store.runNow(JobID("a"), at: asked)
        _ = try await other.take(JobID("a"))
        let show = try await other.carillon("runs", "show", "a")
        #expect(show.output.contains { $0.hasPrefix("started ") && $0.contains(#/, 2 h \d+ min late$/#) }, "\(show)")
    }

    @Test("Lists go on behind a name, and what is done to a run is told with it")
    func actions() async throws {
        let fixture = try await Self.backfilled("backup", "2026-11-22T01:00", "2026-11-22T03:00")
        let names = Self.names(try await fixture.carillon("runs", "list"))
        let rest = try await fixture.carillon("runs", "list", "--after", names[0])
        #expect(Self.names(rest) == [names[1]], "\(rest)")
        let cancelled = try await fixture.carillon("runs", "cancel", names[1])
        #expect(cancelled.output == ["\(names[1]): cancelled"], "\(cancelled)")
        let again = try await fixture.carillon("runs", "cancel", names[1])
        #expect(again.errors == ["Error: run '\(names[1])' cannot be cancelled: it is cancelled already"], "\(again)")
        let follow = try await fixture.carillon("runs", "follow", names[1])
        #expect(
            follow.status == 1 && follow.errors.last?.contains("run '\(names[1])' was cancelled") == true, "\(follow)")
        let run = try await fixture.carillon("jobs", "run", "backup")
        let name = try #require(run.output.first?.firstMatch(of: /Run (\S+) is (ready|waiting)/)?.output.1)
        #expect(name.hasSuffix("/manual"), "\(run)")
        #expect(try await fixture.carillon("runs", "show", String(name)).status == 0)
    }
}
#endif
