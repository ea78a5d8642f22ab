package import Carillon

/// An error of a server or of the connection to it.
package protocol ServerFailure: Error {
    /// Whether the connection cannot be used any more.
    var endsConnection: Bool { get }
    /// Whether the server has undone the transaction because of others, so that it may be run again.
    var isUndone: Bool { get }
    /// Whether another attempt at once may help: the connection was lost and is not just slow, or a prepared statement is
    /// older than the tables that it reads.
    var mayPassAtOnce: Bool { get }

    /// The error where a connection was lost.
    static func lost(_ message: String) -> Self

    /// Returns the error to throw.
    ///
    /// - Parameter place: The store, such as `the job store postgresql://host/database`.
    func error(_ place: String) -> CarillonError
}

/// The connection to a server, used by one thread at a time. If it is lost it is made anew: at the next statement, and
/// never while a transaction is open.
package final class ServerLink<Link, Failure: ServerFailure> {
    private enum State {
        /// Between transactions.
        case idle
        /// In a transaction.
        case open
        /// In a transaction that the lost connection has taken along.
        case lost
    }

    /// The store, in an error.
    private let place: String
    private let connect: () throws(Failure) -> Link
    private var link: Link?
    private var state = State.idle
    private var pause = ReconnectPause()
    /// The error of the last attempt to connect.
    private var refusal: Failure?
    /// Whether the server has undone the current or last transaction because of others.
    package private(set) var wasUndone = false

    /// Connects.
    ///
    /// - Parameter connect: Makes a connection.
    package init(_ place: String, connect: @escaping () throws(Failure) -> Link) throws(CarillonError) {
        self.place = place
        self.connect = connect
        do throws(Failure) { _ = try connected() } catch { throw error.error(place) }
    }

    /// Whether a transaction is open, or was when the connection was lost.
    package var isInTransaction: Bool { state != .idle }

    private func connected() throws(Failure) -> Link {
        if let link { return link }
        if let refusal, !pause.isOver { throw refusal }
        do throws(Failure) {
            let made = try connect()
            link = made
            refusal = nil
            pause.reset()
            return made
        } catch {
            refusal = error
            pause.extend()
            throw error
        }
    }

    /// Gives the connection up.
    package func forget() {
        link = nil
        if state == .open { state = .lost }
    }

    /// Runs a closure with the connection.
    ///
    /// - Parameter mayRepeat: Whether it changes nothing, so that what was lost before a transaction has begun is tried
    ///   once more on a new connection.
    package func run<Value>(
        mayRepeat: Bool, _ body: (Link) throws(Failure) -> Value
    ) throws(CarillonError) -> Value {
        do throws(Failure) { return try attempt(mayRepeat: mayRepeat, body) } catch { throw error.error(place) }
    }

    /// As `run`, with the failure itself, for a caller that knows what to do about some.
    package func attempt<Value>(
        mayRepeat: Bool, _ body: (Link) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        guard state != .lost else { throw .lost("the connection was lost within a transaction") }
        var isAgain = link == nil || !mayRepeat || state == .open
        while true {
            do throws(Failure) {
                return try body(try connected())
            } catch {
                if error.endsConnection { forget() }
                if error.isUndone { wasUndone = true }
                guard !isAgain, error.mayPassAtOnce, state == .idle else { throw error }
                isAgain = true
            }
        }
    }

    /// Begins a transaction.
    package func begin(_ body: (Link) throws(Failure) -> Void) throws(CarillonError) {
        state = .idle
        wasUndone = false
        try run(mayRepeat: true, body)
        state = .open
    }

    /// Commits the transaction.
    package func commit(_ body: (Link) throws(Failure) -> Void) throws(CarillonError) {
        try run(mayRepeat: false, body)
        state = .idle
    }

    /// Rolls the transaction back. A connection that does not is given up: the server ends its session, which may hold
    /// locks, when the connection is gone.
    package func rollback(_ body: (Link) throws(Failure) -> Void) throws(CarillonError) {
        guard state == .open else {
            state = .idle
            return
        }
        defer { state = .idle }
        do throws(CarillonError) {
            try run(mayRepeat: false, body)
        } catch {
            forget()
            throw error
        }
    }
}
