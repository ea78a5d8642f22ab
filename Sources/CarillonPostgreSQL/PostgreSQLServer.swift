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

/// The pause between attempts to connect: longer after each one that fails.
struct ReconnectPause {
    private static let shortest = Duration.milliseconds(100)
    private static let longest = Duration.seconds(2)

    private var length = Duration.zero
    private var end = ContinuousClock.now

    /// Whether the next attempt may be made.
    var isOver: Bool { ContinuousClock.now >= end }

    /// Notes an attempt that failed.
    mutating func extend() {
        length = min(max(Self.shortest, length * 2), Self.longest)
        // Random, so that the nodes of a server that comes back do not all connect at once.
        end = .now + length * Double.random(in: 0.5...1)
    }

    /// Notes an attempt that succeeded.
    mutating func reset() { self = ReconnectPause() }
}
#endif
