#if MySQL && Command
import CarillonTesting
import Testing

/// The command with a store on MariaDB, as processes.
@Suite(.timeLimit(.minutes(5))) struct CommandTests {
    @Test func everyCommandWorksBesideAServer() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        let commands = CommandsOnServer(database.url)
        let problems = try await commands.problems(copyingTool: "mariadb-dump --single-transaction")
        #expect(problems.isEmpty, "\(problems)")
    }

    /// Somebody else has APScheduler's own table to himself: who reads, writes or deletes it would wait and fail.
    @Test func theTableOfAPSchedulerIsNeitherReadNorWritten() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        let owner = try database.connection()
        try owner.execute(
            """
            CREATE TABLE apscheduler_jobs (id VARCHAR(191) PRIMARY KEY, next_run_time DOUBLE, job_state BLOB NOT NULL);
            INSERT INTO apscheduler_jobs VALUES ('theirs', 1.5, 'pickled');
            LOCK TABLES apscheduler_jobs WRITE
            """)
        let commands = CommandsOnServer(database.url)
        let problems = try await commands.problems(asSQLAlchemyOf: "mysql+pymysql", table: "apscheduler_jobs")
        #expect(problems.isEmpty, "\(problems)")
        let rows = try owner.execute("SELECT id, next_run_time, job_state FROM apscheduler_jobs")
        #expect(rows == [["theirs", "1.5", "pickled"]])
        try owner.execute("UNLOCK TABLES")
        #expect(try database.execute("SELECT count(*) FROM apscheduler_jobs_jobs") == [["1"]])
    }
}
#endif
