#if MongoDB
internal import Carillon

/// An error of the server or of the connection to it, from which a `CarillonError` is made that says what to do.
package struct MongoFailure: Error {
    /// What has gone wrong.
    enum Kind: Equatable {
        /// The server refused with this code.
        case refused(Int64)
        /// The server has changed something, and does not say that it will last.
        case perhapsWritten
        /// There is no connection, or it was lost, or the server did not answer in time.
        case lost
        /// The server or its settings are none that Carillon can use.
        case unsuitable
        /// The storage was written by a newer version.
        case tooNew
    }

    let kind: Kind
    /// What the server or the client say.
    package let message: String

    init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message.split(whereSeparator: \.isNewline).joined(separator: "; ")
    }

    /// The code of a key that is there already.
    static let duplicate: Int64 = 11_000

    /// Codes that another server is the primary now, or this one is stopping: <https://github.com/mongodb/specifications>,
    /// "retryable writes".
    private static let elsewhere: Set<Int64> = [6, 7, 89, 91, 189, 262, 9001, 10_107, 11_600, 11_602, 13_435, 13_436]

    /// Whether the connection is made anew.
    var endsConnection: Bool {
        switch kind {
        case .lost: true
        case .refused(let code): Self.elsewhere.contains(code)
        case .perhapsWritten, .unsuitable, .tooNew: false
        }
    }

    /// The error for callers.
    func error(_ place: String) -> CarillonError {
        switch kind {
        case .lost:
            CarillonError(
                .storeUnavailable, "\(place) cannot be reached: \(message); what was being written may have been")
        case .perhapsWritten:
            CarillonError(
                .storeUnavailable,
                "\(place) has written something that may not last, since too few of its members answer: \(message)")
        case .unsuitable: CarillonError(.unsupported, "\(place) cannot be used: \(message)")
        case .tooNew:
            CarillonError(
                .storeTooNew, "\(place) was written by a newer version of Carillon; use that version or a later one")
        case .refused(let code): refused(code, place)
        }
    }

    private func refused(_ code: Int64, _ place: String) -> CarillonError {
        switch code {
        case 18: CarillonError(.storeUnavailable, "\(place) refuses the user or the password: \(message)")
        case 13:
            CarillonError(
                .storeReadOnly,
                "\(place) does not allow its user what a job store needs; docs/stores/mongodb.md has the rights: \(message)"
            )
        case 14_031: CarillonError(.storeFull, "\(place) has no room on its disk: \(message)")
        case _ where Self.elsewhere.contains(code):
            CarillonError(.storeUnavailable, "\(place) cannot answer now: \(message)")
        default: CarillonError(.storeFailed, "\(place) failed: \(message) (code \(code))")
        }
    }
}
#endif
