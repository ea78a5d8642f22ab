internal import CarillonSQL

extension SQLTextIndex {
    /// FTS5 with its trigram tokenizer, which SQLite has from 3.34 on.
    ///
    /// The table keeps no texts, only which triples are in which job. Two control characters, which no id has, end every
    /// text, so that every character of it begins a triple: texts of one and two characters are found by those that
    /// begin with them. Several jobs are added by one statement, since each statement's triples go to the file apart.
    static let sqlite = SQLTextIndex(
        creation: [
            """
            CREATE VIRTUAL TABLE carillon_job_texts USING fts5
                (id, content = '', columnsize = 0, detail = none, tokenize = 'trigram case_sensitive 1')
            """,
            "CREATE VIRTUAL TABLE carillon_job_triples USING fts5vocab (carillon_job_texts, row)",
            "INSERT INTO carillon_job_texts (rowid, id) SELECT generation, id || char(1, 1) FROM carillon_jobs",
        ],
        addition: """
            INSERT INTO carillon_job_texts (rowid, id) SELECT generation, id || char(1, 1) FROM carillon_jobs
            WHERE generation BETWEEN ? AND ?
            """,
        removal: """
            INSERT INTO carillon_job_texts (carillon_job_texts, rowid, id)
            SELECT 'delete', generation, id || char(1, 1) FROM carillon_jobs
            WHERE generation IN (SELECT value FROM json_each(?))
            """,
        triples: "SELECT term FROM carillon_job_triples WHERE term >= ? AND term < ? LIMIT ?",
        search: "SELECT rowid FROM carillon_job_texts WHERE carillon_job_texts MATCH ? LIMIT ?",
        all: { $0.map(quoted).joined(separator: " AND ") },
        any: { $0.map(quoted).joined(separator: " OR ") }
    )

    private static func quoted(_ triple: String) -> String {
        "\"" + triple.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
