#if PostgreSQL
internal import Carillon

/// A server and a database, as connections need them.
struct PostgreSQLServer: Sendable {
    let address: PostgreSQLAddress
    /// The store, in an error.
    let place: String
    /// The keywords of libpq for a connection.
    let settings: [String: String]

    init(_ address: PostgreSQLAddress) {
        self.address = address
        place = "the job store \(address)"
        var settings = address.settings
        settings["client_encoding"] = "UTF8"
        if settings["application_name"] == nil { settings["fallback_application_name"] = "carillon" }
        // A pooler refuses options.
        if let schema = address.schema {
            settings["options"] = (settings["options"].map { "\($0) " } ?? "") + "-c search_path=\(schema)"
        }
        self.settings = settings
    }
}
#endif
