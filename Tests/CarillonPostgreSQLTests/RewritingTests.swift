#if PostgreSQL
import CarillonPostgreSQL
import Testing

/// Statements are rewritten for PostgreSQL, and nothing between quotes is.
@Suite struct RewritingTests {
    @Test(arguments: [
        ("SELECT 1", "SELECT 1"),
        ("SELECT ? FROM t WHERE a = ? AND b = '?'", "SELECT $1 FROM t WHERE a = $2 AND b = '?'"),
        (
            "SELECT carillon_jobs.id FROM carillon_jobs WHERE xcarillon_jobs = 'carillon_jobs'",
            "SELECT night_jobs.id FROM night_jobs WHERE xcarillon_jobs = 'carillon_jobs'"
        ),
        ("(carillon_a,carillon_b)", "(night_a,night_b)"),
        ("'it''s ?' || ? || 'carillon_'", "'it''s ?' || $1 || 'carillon_'"),
    ])
    func statementsAreRewritten(_ sql: String, _ expected: String) {
        #expect(PostgreSQLStatement.rewritten(sql, prefix: "night_") == expected)
    }

    @Test func theUsualNamesStay() {
        #expect(PostgreSQLStatement.rewritten("carillon_jobs ?", prefix: "carillon_") == "carillon_jobs $1")
    }
}
#endif
