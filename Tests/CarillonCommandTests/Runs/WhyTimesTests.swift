#if Command
import Carillon
import CarillonTriggers
import Foundation
import Testing

@Suite("The times that 'runs why' is asked about", .fewAtOnce)
struct WhyTimesTests {
    /// A job of an interval that begins within a second, a minute ago.
    private struct Setting {
        let fixture: StoreFixture
        /// The whole second before the first occurrence.
        let second: Instant

        var first: Instant { second.advanced(byMicroseconds: 98_500) }

        /// The second as lists print it.
        var text: String { second.formatted(in: .utc) }

        init(every seconds: Int = 3600, isPaused: Bool = false) async throws {
            second = Instant(seconds: Instant(.now).flooredSeconds - 60)
            let first = second.advanced(byMicroseconds: 98_500)
            var definition = try StoreFixture.job("a").definition
            definition.trigger = try .interval(seconds: seconds, start: first.date, in: .utc)
            fixture = try await StoreFixture([
                NewJob(id: JobID("a"), definition: definition, added: first, isPaused: isPaused)
            ])
        }

        /// Runs what is due or ready to an end.
        func run(at time: Instant, _ outcome: Outcome) async throws {
            let task = TaskName("shell")
            let taken = try await StorePass(now: time, node: fixture.node, tasks: [task]).run(on: fixture.store).taken
            var pass = StorePass(now: time, node: fixture.node, tasks: [])
            pass.completions = taken.map {
                Completion(run: $0.id, fence: $0.fence, finished: time, result: .ended(outcome))
            }
            _ = try await pass.run(on: fixture.store)
        }

        /// Runs the job once more, as somebody asks for it within the second.
        func runByHand(at microseconds: Int64, _ outcome: Outcome) async throws {
            let time = second.advanced(byMicroseconds: microseconds)
            try await fixture.store.runNow(JobID("a"), at: time)
            try await run(at: second.advanced(byMicroseconds: 2_000_000), outcome)
        }

        func json(_ arguments: String...) async throws -> [String: Any] {
            try #require(try await fixture.json(["runs", "why"] + arguments) as? [String: Any])
        }
    }

    private static func outcomes(_ answer: [String: Any], _ key: String) -> [String]? {
        (answer[key] as? [[String: Any]])?.compactMap { $0["outcome"] as? String }
    }

    @Test("Of several runs of a second the scheduled one is in the sentence, and the others are shown")
    func scheduledFirst() async throws {
        let setting = try await Setting()
        try await setting.run(at: setting.second.advanced(byMicroseconds: 1_000_000), .failed)
        try await setting.runByHand(at: 250_000, .succeeded)
        try await setting.runByHand(at: 10_000, .cancelled)
        let why = try await setting.fixture.carillon("runs", "why", "a", setting.text)
        #expect(why.output.first?.hasPrefix("'a' ran for ") == true, "\(why)")
        #expect(why.output.first?.hasSuffix(": failed.") == true, "\(why)")
        #expect(why.output.contains("Other runs of that time"), "\(why)")
        #expect(why.output.count { $0.contains("/manual ") } == 2, "\(why)")
        let answer = try await setting.json("a", setting.text)
        #expect(answer["scheduled"] as? String == setting.first.formatted(in: .utc))
        #expect(Self.outcomes(answer, "runs") == ["failed"])
        #expect(Self.outcomes(answer, "other_runs") == ["cancelled", "succeeded"])
        // Who names one that was asked for means it.
        let name = "a/\(setting.second.advanced(byMicroseconds: 250_000).formatted(in: .utc))/manual"
        let asked = try await setting.fixture.carillon("runs", "why", name)
        #expect(asked.output.first?.hasSuffix(": succeeded.") == true, "\(asked)")
        let short = try await setting.fixture.carillon("runs", "why", "a/\(setting.text)/manual")
        #expect(short.output.first?.hasSuffix(": cancelled.") == true, "\(short)")
    }

    @Test("An occurrence that was not run comes before what was asked for in its second, and hides none of it")
    func skippedFirst() async throws {
        let setting = try await Setting(isPaused: true)
        #expect(try await setting.fixture.carillon("jobs", "resume", "a").status == 0)
        try await setting.runByHand(at: 250_000, .succeeded)
        let why = try await setting.fixture.carillon("runs", "why", "a", setting.text)
        #expect(why.output.first?.hasPrefix("'a' did not run at ") == true, "\(why)")
        #expect(why.output.contains { $0.hasPrefix("succeeded ") && $0.contains("/manual ") }, "\(why)")
        let answer = try await setting.json("a", setting.text)
        #expect(answer["explanation"] as? String == "notRun" && Self.outcomes(answer, "runs") == [])
        #expect(Self.outcomes(answer, "other_runs") == ["succeeded"])
    }

    @Test("Of two backfills of one moment both are shown")
    func backfilledTwice() async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        let stretch = ["--from", "2026-03-01T12:00", "--through", "2026-03-01T12:00"]
        for _ in 0..<2 { #expect(try await fixture.carillon(["jobs", "backfill", "a"] + stretch).status == 0) }
        let ids = try await fixture.store.runs(RunFilter(), page: Page(limit: 9)).map(\.id.description)
        let why = try await fixture.carillon("runs", "why", "a", "2026-03-01T12:00:00")
        #expect(ids.count == 2 && ids.allSatisfy { why.text.contains($0) }, "\(why)")
        // A day with one occurrence has all that somebody asked for on it.
        let later = try #require(Moment("2026-03-01T15:00")).instant(in: .utc)
        try await fixture.store.runNow(JobID("a"), at: later)
        let day = try await fixture.carillon("runs", "why", "a", "2026-03-01")
        #expect((ids + ["a/2026-03-01T16:00+01:00/manual"]).allSatisfy { day.text.contains($0) }, "\(day)")
    }

    @Test("The end of a range holds the second, the minute and the day that it is given to", arguments: [19, 16, 10])
    func ends(length: Int) async throws {
        let setting = try await Setting()
        try await setting.run(at: setting.second.advanced(byMicroseconds: 1_000_000), .failed)
        let end = String(setting.text.prefix(length))
        let why = try await setting.fixture.carillon(
            "runs", "why", "a", "2020-01-01", "--through", end, "-z", "UTC")
        #expect(why.output.contains { $0.hasPrefix("failed ") }, "\(why)")
        let list = try await setting.fixture.carillon("runs", "list", "--until", end, "-z", "UTC")
        #expect(list.output.contains { $0.hasPrefix("failed ") }, "\(list)")
        let before = setting.second.advanced(byMicroseconds: -1).formatted(in: .utc)
        let without = try await setting.fixture.carillon("runs", "list", "--until", before)
        #expect(without.output == ["There are no such runs."], "\(without)")
    }

    @Test("A backfill through a day has that day, as far as it has passed")
    func backfilledDay() async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        let days = ["jobs", "backfill", "a", "--from", "2026-03-01", "--through", "2026-03-03"]
        #expect(try await fixture.carillon(days).text.hasPrefix("3 runs of 'a' are to come"))
        let today = try await fixture.carillon("jobs", "backfill", "a", "--from", "today", "--through", "today")
        #expect(today.status == 0, "\(today)")
    }

    @Test("Where nothing is found of a job that is gone, the zone is named that the time was read in")
    func zoneOfNothing() async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("x")])
        _ = try await fixture.run("x", .succeeded)
        #expect(try await fixture.carillon("jobs", "remove", "x").status == 0)
        let words = "time was read in UTC: one with an offset, such as 2026-03-29T10:00:47+01:00, is exact"
        let time = "2026-03-29T10:00:47"
        for arguments in [
            ["why", "x", time], ["why", "x/\(time)"], ["why", "x", time, "--through", time], ["show", "x/\(time)"],
            ["cancel", "x/\(time)/manual"], ["follow", "x/\(time)"],
        ] {
            let run = try await fixture.carillon(["runs"] + arguments)
            #expect(run.status == 1 && run.error.contains(words), "\(run)")
            let exact = arguments.map { $0.replacing(time, with: "\(time)Z") }
            let other = try await fixture.carillon(["runs"] + exact)
            #expect(other.status == 1 && !other.error.contains("was read in"), "\(other)")
        }
        let named = try await fixture.carillon("runs", "why", "x", time, "--timezone", "Asia/Tokyo")
        #expect(named.status == 1 && !named.error.contains("was read in"), "\(named)")
    }

    @Test("What has passed is meant to the second, so that a job of each second fires then")
    func relative() async throws {
        let setting = try await Setting(every: 1)
        let answer = try await setting.json("a", "3s")
        #expect(answer["explanation"] as? String != "notScheduled", "\(answer)")
        #expect((answer["scheduled"] as? String)?.contains(".0985+") == true, "\(answer)")
    }

    @Test("A part of a second that has nothing is shown with that part")
    func fraction() async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        let why = try await fixture.carillon("runs", "why", "a", "2020-01-01T12:01:10.5")
        #expect(why.text == "The trigger of 'a' does not fire at 2020-01-01T12:01:10.5+01:00.", "\(why)")
    }

    @Test("A minute means what begins within it, and where that is several, they are told")
    func minute() async throws {
        let rare = try await Setting()
        try await rare.run(at: rare.second.advanced(byMicroseconds: 1_000_000), .failed)
        let minute = String(rare.text.prefix(16)) + "Z"
        let why = try await rare.fixture.carillon("runs", "why", "a", minute)
        #expect(why.output.first?.hasSuffix(": failed.") == true, "\(why)")
        let often = try await Setting(every: 25)
        let later = String(often.second.advanced(byMicroseconds: 3_600_000_000).formatted(in: .utc).prefix(16)) + "Z"
        let told = try await often.fixture.carillon("runs", "why", "a", later)
        let first = try await often.json("a", later)
        // An occurrence of the minute's first second is the one that is meant.
        let isMeant = first["explanation"] as? String == "upcoming"
        #expect(isMeant || told.text.contains("; in that minute it fires at 20"), "\(told)")
    }

    @Test("The name of a run stands for job and time, and so does its id")
    func names() async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a/b")])
        let run = try await fixture.run("a/b", .failed)
        let name = try await fixture.name(of: run.id.description)
        let time = run.id.occurrence.scheduled.formatted(in: .utc)
        let apart = try await fixture.carillon("runs", "why", "a/b", time)
        for argument in [name, run.id.description] {
            let why = try await fixture.carillon("runs", "why", argument)
            #expect(why.status == 0 && why.output.first == apart.output.first, "\(why)")
        }
        let stretch = try await fixture.carillon("runs", "why", name, "--through", "now")
        #expect(stretch.output.contains { $0.hasPrefix("failed ") }, "\(stretch)")
        let alone = try await fixture.carillon("runs", "why", "a/b")
        #expect(alone.status == 64 && alone.error.contains("give a time as well"), "\(alone)")
    }

    @Test("The name that a run gets when it is asked for stays its name, whatever is asked for in that second")
    func lastingNames() async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        let asked = try await fixture.carillon("jobs", "run", "a")
        let name = String(try #require(asked.output.first?.firstMatch(of: /Run (\S+) is ready/)?.output.1))
        let run = try await fixture.take(JobID("a"))
        var pass = StorePass(now: Instant(.now), node: fixture.node, tasks: [])
        pass.completions = [
            Completion(run: run.id, fence: run.fence, finished: Instant(.now), result: .ended(.failed))
        ]
        _ = try await pass.run(on: fixture.store)
        let time = run.id.occurrence.scheduled
        let second = Instant(seconds: time.flooredSeconds)
        let other = second.advanced(byMicroseconds: time.microseconds % 1_000_000 == 999_999 ? 1 : 999_999)
        let retried = try await fixture.carillon("runs", "retry", name)
        #expect(retried.output == ["\(name): queued"], "\(retried)")
        try await fixture.store.runNow(JobID("a"), at: other)
        let show = try await fixture.carillon("runs", "show", name)
        #expect(show.status == 0 && show.text.contains(run.id.description), "\(show)")
    }
}
#endif
