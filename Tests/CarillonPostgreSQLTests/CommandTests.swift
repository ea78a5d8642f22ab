#if PostgreSQL && Command
import CarillonTesting
import Testing

/// The command with a store on PostgreSQL, as processes.
@Suite(.timeLimit(.minutes(5))) struct CommandTests {
    @Test func everyCommandWorksBesideAServer() async throws {
        let schema = try TestSchema()
        defer { withExtendedLifetime(schema) {} }
        let problems = try await CommandsOnServer(schema.url).problems(copyingTool: "pg_dump")
        #expect(problems.isEmpty, "\(problems)")
    }

    /// Somebody else has APScheduler's own table to himself: who reads, writes or deletes it would wait and fail.
    @Test func theTableOfAPSchedulerIsNeitherReadNorWritten() async throws {
        let schema = try TestSchema()
        defer { withExtendedLifetime(schema) {} }
        let owner = try schema.connection()
        try owner.execute(
            """
            CREATE TABLE apscheduler_jobs (id VARCHAR(191) PRIMARY KEY, next_run_time DOUBLE PRECISION, job_state TEXT);
            INSERT INTO apscheduler_jobs VALUES ('theirs', 1.5, 'pickled')
            """)
        try owner.execute("BEGIN")
        try owner.execute("LOCK TABLE apscheduler_jobs IN ACCESS EXCLUSIVE MODE")
        let commands = CommandsOnServer(schema.url)
        let problems = try await commands.problems(asSQLAlchemyOf: "postgresql+psycopg2", table: "apscheduler_jobs")
        #expect(problems.isEmpty, "\(problems)")
        let rows = try owner.execute("SELECT id, next_run_time, job_state FROM apscheduler_jobs")
        #expect(rows == [["theirs", "1.5", "pickled"]])
        try owner.execute("COMMIT")
        #expect(try schema.execute("SELECT count(*) FROM apscheduler_jobs_jobs") == [["1"]])
    }
}
#endif
