#if Redis
internal import Carillon

/// An error of Redis or of the connection to it, from which a `CarillonError` is made that says what to do.
struct RedisFailure: Error {
    /// What has gone wrong.
    enum Kind: Equatable {
        /// The server answered with an error, which begins with this word.
        case refused(String)
        /// There is no connection, or it was lost.
        case lost
        /// The server did not answer in time.
        case late
        /// The server or its settings are none that Carillon can use.
        case unsuitable
        /// There is no encrypted connection, or the server's certificate is not trusted.
        case insecure
        /// The storage was written by a newer version.
        case tooNew
        /// The data is not as Carillon writes it.
        case damaged
    }

    let kind: Kind
    /// What the server or the system say.
    let message: String

    init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message.split(whereSeparator: \.isNewline).joined(separator: "; ")
    }

    /// Reads the error that a server answers.
    init(answer: String) {
        let word = String(answer.prefix { $0 != " " })
        // An error of a script comes with the place in it, and its own words are before that.
        let text = answer.components(before: " script: ")
        switch word {
        case "CARILLON-NEWER": self.init(.tooNew, text)
        // A right that is missing within a script has no word of its own.
        case _ where text.contains("The user executing the script"): self.init(.refused("NOPERM"), text)
        case "WRONGTYPE", "CARILLON-DAMAGED": self.init(.damaged, text)
        default: self.init(.refused(word), text)
        }
    }

    /// Whether the connection cannot be used any more.
    var endsConnection: Bool {
        switch kind {
        case .lost, .late, .insecure: true
        // Another server is the master now, or this one has started anew.
        case .refused(let word): ["READONLY", "MASTERDOWN", "CARILLON-EPOCH", "NOREPLICAS", "LOADING"].contains(word)
        case .unsuitable, .tooNew, .damaged: false
        }
    }

    /// Returns the error to throw.
    ///
    /// - Parameter place: The store, such as `the job store redis://host/0`.
    func error(_ place: String) -> CarillonError {
        switch kind {
        case .lost: CarillonError(.storeUnavailable, "\(place) cannot be reached: \(message)")
        case .late:
            CarillonError(
                .storeUnavailable, "\(place) does not answer: \(message); whether it did something is unknown")
        case .unsuitable: CarillonError(.unsupported, "\(place) cannot be used: \(message)")
        case .insecure: CarillonError(.storeUnavailable, "\(place) is not reached securely: \(message)")
        case .tooNew:
            CarillonError(
                .storeTooNew, "\(place) was written by a newer version of Carillon; use that version or a later one")
        case .damaged:
            CarillonError(.storeCorrupt, "\(place) has keys that are not as Carillon writes them: \(message)")
        case .refused(let word): refused(word, place)
        }
    }

    private func refused(_ word: String, _ place: String) -> CarillonError {
        switch word {
        case "WRONGPASS", "NOAUTH":
            CarillonError(.storeUnavailable, "\(place) refuses the user or the password: \(message)")
        case "NOPERM":
            CarillonError(
                .storeReadOnly,
                "\(place) does not allow its user what a job store needs; docs/stores/redis.md has the rights: \(message)"
            )
        case "OOM":
            CarillonError(
                .storeFull, "\(place) has no memory left; raise its maxmemory, or remove history: \(message)")
        case "READONLY":
            CarillonError(.storeReadOnly, "\(place) is a replica, or has become one: \(message)")
        case "MISCONF":
            CarillonError(.storeFull, "\(place) cannot write to its disk, and takes no writes: \(message)")
        case "LOADING", "BUSY", "MASTERDOWN", "NOREPLICAS", "TRYAGAIN", "CLUSTERDOWN", "CARILLON-EPOCH":
            CarillonError(.storeUnavailable, "\(place) cannot answer now: \(message)")
        case "MOVED", "ASK", "CROSSSLOT":
            CarillonError(
                .unsupported, "\(place) is a node of a cluster, and clusters are not supported yet: \(message)")
        default: CarillonError(.storeFailed, "\(place) failed: \(message)")
        }
    }
}

extension String {
    /// The text before the first occurrence of another; all of it if there is none.
    fileprivate func components(before mark: String) -> String {
        range(of: mark).map { String(self[..<$0.lowerBound]) } ?? self
    }

    private func range(of mark: String) -> Range<Index>? {
        var place = startIndex
        while place < endIndex {
            if self[place...].hasPrefix(mark) { return place..<index(place, offsetBy: mark.count) }
            place = index(after: place)
        }
        return nil
    }
}
#endif
