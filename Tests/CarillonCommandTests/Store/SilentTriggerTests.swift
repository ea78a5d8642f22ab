#if Command
import Testing

@Suite("A trigger that fires nothing", .fewAtOnce)
struct SilentTriggerTests {
    @Test(
        "Is told of when its job is added",
        arguments: [
            (["--cron", "0 0 30 2 *"], "its trigger names no time at all"),
            (["--cron", "0 0 29 2 *"], nil), ([], nil), (["--every", "1h"], nil),
            // It fires now, and its next time is beyond the last year there is.
            (["--trigger", #"{"type": "interval", "weeks": 500000}"#], nil),
            // It is late, and runs.
            (["--at", "2001-01-01T12:00"], nil), (["--at", "2001-01-01T12:00", "--misfire-grace", "unlimited"], nil),
            (
                ["--at", "2001-01-01T12:00", "--misfire-grace", "1m"],
                "all times of its trigger are past, by more than its misfire grace of 1 min"
            ),
        ]
    )
    func adding(trigger: [String], reason: String?) async throws {
        let fixture = try await StoreFixture()
        let run = try await fixture.carillon(["jobs", "add", "a"] + trigger + ["--", "true"])
        #expect(run.status == 0)
        #expect(run.errors.count == (reason == nil ? 0 : 1), "\(run)")
        if let reason { #expect(run.error.hasPrefix("Warning: the job never fires: \(reason) ("), "\(run)") }
    }
}
#endif
