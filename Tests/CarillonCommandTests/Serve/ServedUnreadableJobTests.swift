#if Command
import CarillonSQL
import CarillonSQLite
import Foundation
import Testing

@Suite("Jobs that carillon serve cannot read", .fewAtOnce)
struct ServedUnreadableJobTests {
    /// Changes the database of a store past the store.
    private static func execute(_ statement: String, _ path: String) async throws {
        await (try SQLiteJobStore(path: path, settings: [statement])).close()
    }

    /// A server on a store with a job that cannot be read, and with another one that turns so while it serves: the lines
    /// through that with the first one's id, and from there through that with the second one's.
    private func serve(_ options: String...) async throws -> (start: [String], later: [String]) {
        let fixture = try await StoreFixture(["early", "late", "plain"].map { try StoreFixture.job($0) })
        let (folder, path) = (fixture.folder, "\(fixture.folder)/jobs.sqlite")
        try await Self.execute("UPDATE carillon_jobs SET state = 7 WHERE id = 'early'", path)
        // Its folder goes with it.
        defer { withExtendedLifetime(fixture) {} }
        return try await ServedProcess.onThread {
            let server = try ServedProcess(arguments: ["--state", folder] + options)
            let start = server.lines(through: "'early'")
            let done = DispatchSemaphore(value: 0)
            Task {
                try? await Self.execute("UPDATE carillon_jobs SET state_version = 1.5 WHERE id = 'late'", path)
                done.signal()
            }
            done.wait()
            let later = server.lines(through: "'late'")
            _ = server.end(SIGTERM)
            return (start, later)
        }
    }

    @Test("Are told of at the start, and within seconds when one turns so, with what is wrong and what to do")
    func text() async throws {
        let seen = try await serve()
        let advice = "use a version that can, mend it, or remove the job"
        let start = "warning: job 'early' does not fire: it cannot be read: state is 7, not 0 to 3; \(advice)"
        let later =
            "warning: job 'late' does not fire: it cannot be read: state_version is not a whole number; \(advice)"
        #expect(seen.start.contains(start), "\(seen)")
        #expect(seen.later.last == later, "\(seen)")
        #expect(seen.later.count { $0.contains("'early'") } == 0, "\(seen)")
        #expect(!(seen.start + seen.later).contains { $0.contains("'plain'") && $0.contains("warning") }, "\(seen)")
    }

    @Test("As JSON the line has job and reason")
    func json() async throws {
        let seen = try await serve("--log-format", "json")
        let lines = seen.start + seen.later
        let objects = lines.compactMap { try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
            .filter { $0["level"] as? String == "warning" }
        #expect(objects.compactMap { $0["job"] as? String } == ["early", "late"], "\(lines)")
        let reasons = ["state is 7, not 0 to 3", "state_version is not a whole number"]
        #expect(objects.compactMap { $0["reason"] as? String } == reasons, "\(lines)")
    }
}
#endif
