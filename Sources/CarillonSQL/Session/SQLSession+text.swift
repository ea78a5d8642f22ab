internal import Carillon

extension SQLSession {
    /// Where more jobs than these may contain a text, looking at one after the other finds a page sooner.
    private static var candidateLimit: Int { 5000 }
    /// So many jobs are looked at to find out whether many contain a text of one or two characters.
    private static var sampleSize: Int { 10_000 }
    /// A text of one or two characters that begins more triples than these is in very many jobs.
    private static var tripleLimit: Int { 200 }

    /// Generations of all jobs whose id contains a filter's text, and perhaps of others; nothing where they are not known,
    /// or too many.
    func candidatesByText(_ filter: JobFilter, _ page: Page<JobCursor>) throws(CarillonError) -> [Int64]? {
        // The index keeps control characters for itself.
        guard let index = connection.dialect.textIndex, let text = filter.text, !text.isEmpty,
            !text.unicodeScalars.contains(where: { $0.value < 0x20 })
        else { return nil }
        let characters = text.unicodeScalars.map { String($0) }
        let condition: String
        if characters.count >= 3 {
            let triples = (0...min(characters.count - 3, 30)).map { characters[$0...($0 + 2)].joined() }
            condition = index.all(Array(Set(triples)))
        } else {
            if try isFrequent(text, page) { return nil }
            let triples = try texts(
                index.triples, [.text(text), .text(text + "\u{10FFFF}"), .integer(Int64(Self.tripleLimit + 1))])
            if triples.isEmpty { return [] }
            if triples.count > Self.tripleLimit { return nil }
            condition = index.any(triples)
        }
        let found = try integers(index.search, [.text(condition), .integer(Int64(Self.candidateLimit + 1))])
        return found.count > Self.candidateLimit ? nil : found
    }

    /// Whether the next jobs by id would fill a page with those that contain a text.
    private func isFrequent(_ text: String, _ page: Page<JobCursor>) throws(CarillonError) -> Bool {
        let count = try integers(
            """
            SELECT count(*) FROM (SELECT id FROM carillon_definitions WHERE id > ? ORDER BY id LIMIT ?) AS sample
            WHERE \(connection.dialect.contains("id"))
            """,
            [.text(page.after?.id ?? ""), .integer(Int64(Self.sampleSize)), .text(text)]
        )
        return (count.first ?? 0) >= page.limit
    }
}

extension JobCursor {
    fileprivate var id: String {
        switch self {
        case .id(let id), .due(_, let id): id.description
        case .beginningByDue: ""
        }
    }
}
