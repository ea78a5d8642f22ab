#if PostgreSQL
internal import Carillon
internal import CarillonSQL

/// An error of PostgreSQL or of the connection to it, from which a `CarillonError` is made that says what to do.
struct PostgreSQLFailure: ServerFailure {
    /// What has gone wrong.
    enum Kind: Equatable {
        /// The server answered with an error, whose SQLSTATE has five characters.
        case refused(String)
        /// There is no connection, or it was lost.
        case lost
        /// The server did not answer in time.
        case late
    }

    let kind: Kind
    /// What the server, libpq or the system say.
    let message: String
    /// Whether a prepared statement is older than the tables that it reads.
    let isStale: Bool

    init(_ kind: Kind, _ message: String, isStale: Bool = false) {
        self.kind = kind
        self.isStale = isStale
        // libpq ends its messages with a line break, and writes hints on lines of their own.
        self.message = message.split(whereSeparator: \.isNewline).map { line in
            String(line.drop { $0 == " " || $0 == "\t" })
        }.joined(separator: "; ")
    }

    static func lost(_ message: String) -> PostgreSQLFailure { PostgreSQLFailure(.lost, message) }

    /// Reads the message of a connection that could not be made. With libpq's verbose messages, it has the SQLSTATE of an
    /// answer of the server.
    init(connecting message: String) {
        let lines = message.split(whereSeparator: \.isNewline)
        for line in lines {
            guard let range = line.firstRange(of: "FATAL:  ") ?? line.firstRange(of: "ERROR:  ") else { continue }
            let code = line[range.upperBound...].prefix(5)
            guard code.utf8.count == 5, code.utf8.allSatisfy({ $0 < 0x80 && $0 != UInt8(ascii: " ") }),
                line[range.upperBound...].dropFirst(5).hasPrefix(": ")
            else { continue }
            self.init(.refused(String(code)), String(line[range.upperBound...].dropFirst(7)))
            return
        }
        self.init(.lost, lines.joined(separator: "\n"))
    }

    /// Whether the server has undone the transaction because of others, so that it may be run again: a failed
    /// serialization, a deadlock, or a statement that was prepared before the tables changed.
    var isUndone: Bool {
        switch kind {
        case .refused("40001"), .refused("40P01"): true
        default: isStale
        }
    }

    var mayPassAtOnce: Bool { isStale || (endsConnection && kind != .late) }

    /// Whether the connection cannot be used any more.
    var endsConnection: Bool {
        switch kind {
        case .lost, .late: true
        case .refused(let state): state.hasPrefix("57P") || state.hasPrefix("08")
        }
    }

    /// Returns the error to throw.
    ///
    /// - Parameter place: The store, such as `the job store postgresql://host/database`.
    func error(_ place: String) -> CarillonError {
        switch kind {
        case .lost:
            CarillonError(
                .storeUnavailable,
                "\(place) cannot be reached; check that the server runs and the network reaches it (\(message))")
        case .late:
            CarillonError(.storeUnavailable, "\(place) did not answer in time; look at the server's load (\(message))")
        case .refused(let state): refused(state, place)
        }
    }

    private func refused(_ state: String, _ place: String) -> CarillonError {
        let words = "PostgreSQL: \(message), SQLSTATE \(state)"
        func error(_ code: CarillonError.Code, _ reason: String) -> CarillonError {
            CarillonError(code, "\(place) \(reason) (\(words))")
        }
        switch state {
        case "28P01", "28000":
            return error(
                .storeUnavailable,
                "refuses the user or the password; check both in the address, in PGPASSWORD or in the password file")
        case "3D000": return error(.storeUnavailable, "is not there; create the database, or name another one")
        case "3F000":
            return error(.storeUnavailable, "has no schema for the tables; create the schema that the address names")
        case "25006":
            return error(
                .storeReadOnly,
                "cannot be written, because the server is a standby or read-only; connect to the primary server")
        case "42501":
            return error(.storeReadOnly, "cannot be used by this user; grant it rights on the schema and its tables")
        case "53100": return error(.storeFull, "has no room left; free space on the server's disk")
        case "53300": return error(.storeUnavailable, "has no connection left; raise max_connections, or use a pooler")
        case "55P03", "57014":
            return error(.storeUnavailable, "was kept waiting by other sessions for too long; try again")
        case "40001", "40P01": return error(.storeUnavailable, "was in the way of other sessions; try again")
        case PostgreSQLLink.unsuitable: return error(.unsupported, "is on a server that Carillon cannot use")
        case "42P01":
            return error(.storeFailed, "lacks a table; the address names another schema or prefix, or it was dropped")
        default: break
        }
        switch state.prefix(2) {
        case "08", "57": return error(.storeUnavailable, "has ended the connection; try again")
        case "53": return error(.storeUnavailable, "is short of memory or other means; look at the server's load")
        case "XX": return error(.storeCorrupt, "is damaged; look at the server's log, and restore a backup if need be")
        default: return error(.storeFailed, "refused a statement")
        }
    }
}
#endif
