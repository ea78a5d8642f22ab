#if MySQL
internal import Carillon
internal import CarillonSQL

/// An error of MySQL or of the connection to it, from which a `CarillonError` is made that says what to do.
struct MySQLFailure: ServerFailure {
    /// What has gone wrong.
    enum Kind: Equatable {
        /// The server answered with an error, which has this number.
        case refused(UInt32)
        /// There is no connection, or it was lost.
        case lost
        /// The server did not answer in time.
        case late
        /// The server or the settings are none that Carillon can use.
        case unsuitable
        /// There is no encrypted connection, or the server's certificate is not trusted.
        case insecure
    }

    let kind: Kind
    /// What the server, its client library or the system say.
    let message: String

    init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message.split(whereSeparator: \.isNewline).joined(separator: "; ")
    }

    static func lost(_ message: String) -> MySQLFailure { MySQLFailure(.lost, message) }

    /// Reads the error of a call of the client library.
    ///
    /// - Parameter tookLong: Whether the call took as long as it may: the library has no number of its own for this.
    init(number: UInt32, _ message: String, tookLong: Bool) {
        switch number {
        case 2026: self.init(.insecure, message)
        // Numbers of the client library.
        case 2000..<3000: self.init(tookLong ? .late : .lost, message)
        default: self.init(.refused(number), message)
        }
    }

    /// Whether a key is taken.
    var isDuplicate: Bool { kind == .refused(1062) || kind == .refused(1586) }

    /// Whether the server has undone the transaction because of others, so that it may be run again: a deadlock, a row that
    /// others changed, or a failed certification of a cluster. A wait for a lock that took too long undoes its statement
    /// alone; the transaction is rolled back and run again.
    var isUndone: Bool {
        switch kind {
        case .refused(1213), .refused(1205), .refused(1020), .refused(1615), .refused(3572): true
        default: false
        }
    }

    /// Whether a wait for a lock took as long as it may.
    var isLongWait: Bool { kind == .refused(1205) }

    var mayPassAtOnce: Bool { kind == .refused(1615) || (endsConnection && kind != .late) }

    var endsConnection: Bool {
        switch kind {
        case .lost, .late, .unsuitable, .insecure: true
        // The server shuts down, ends the session, or has refused a packet and hung up.
        case .refused(let number):
            [1053, 1077, 1079, 1152, 1153, 1159, 1160, 1161, 1184, 1927, 3169, 4031].contains(number)
        }
    }

    func error(_ place: String) -> CarillonError {
        switch kind {
        case .lost:
            CarillonError(
                .storeUnavailable,
                "\(place) cannot be reached; check that the server runs and the network reaches it (\(message))")
        case .late:
            CarillonError(.storeUnavailable, "\(place) did not answer in time; look at the server's load (\(message))")
        case .insecure:
            CarillonError(
                .storeUnavailable,
                "\(place) gives no connection that is encrypted as asked; check 'ssl-mode', 'ssl-ca' and the server's "
                    + "certificate (\(message))")
        case .unsuitable:
            CarillonError(.unsupported, "\(place) cannot be used: \(message)")
        case .refused(let number): refused(number, place)
        }
    }

    private func refused(_ number: UInt32, _ place: String) -> CarillonError {
        func error(_ code: CarillonError.Code, _ reason: String) -> CarillonError {
            CarillonError(code, "\(place) \(reason) (error \(number): \(message))")
        }
        switch number {
        case 1045, 1698, 1251, 1862:
            return error(
                .storeUnavailable,
                "refuses the user or the password; check both in the address, the option file or MYSQL_PWD")
        case 1049: return error(.storeUnavailable, "is not there; create the database, or name another one")
        case 1044, 1142, 1143, 1227, 1370:
            return error(.storeReadOnly, "cannot be used by this user; grant it rights on the database")
        case 1290, 1792, 1836, 1874, 3100:
            return error(
                .storeReadOnly,
                "cannot be written, because the server is a replica or read-only; connect to the primary server")
        case 1021, 1041, 1114, 1037, 1038, 3185:
            return error(.storeFull, "has no room left; free space on the server's disk, or give it more memory")
        case 1040, 1203, 1226:
            return error(.storeUnavailable, "has no connection left; raise max_connections")
        case 1205, 1969, 3024, 3572, 1317:
            return error(.storeUnavailable, "was kept waiting by other sessions for too long; try again")
        case 1213, 1020, 1615: return error(.storeUnavailable, "was in the way of other sessions; try again")
        case 1053, 1077, 1079, 1152, 1159...1161, 1184, 1927, 3169, 4031, 1130, 1129:
            return error(.storeUnavailable, "has ended or refused the connection; try again")
        case 1153, 1301:
            return error(.storeFailed, "takes no value of that size; raise max_allowed_packet on the server")
        case 1146:
            return error(.storeFailed, "lacks a table; the address names another prefix, or it was dropped")
        case 126, 145, 1034, 1035, 1194, 1195, 1712, 1877:
            return error(.storeCorrupt, "is damaged; look at the server's log, and restore a backup if need be")
        default: return error(.storeFailed, "refused a statement")
        }
    }
}
#endif
