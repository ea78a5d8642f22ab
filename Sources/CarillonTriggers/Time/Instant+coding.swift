extension Instant: Codable {
    /// Reads RFC 3339 text, such as `2025-03-30T01:00:00Z` or `2025-03-30T03:00:00.25+02:00`.
    ///
    /// - Throws: `DecodingError` with the `TriggerError` under it.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        do {
            self = try Moment(text: text, form: .rfc3339, field: "").instant(in: .utc)
        } catch {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: decoder.codingPath, debugDescription: error.description, underlyingError: error))
        }
    }

    /// Writes RFC 3339 text in UTC.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Instant: CustomStringConvertible {
    /// RFC 3339 text in UTC, such as `2025-03-30T01:00:00Z`.
    public var description: String { Moment(self).description.replacing("+00:00", with: "Z") }
}
