#if Redis
internal import Carillon

/// A connection to a storage, used by one thread at a time. If it is lost it is made anew at the next call.
final class RedisSession {
    /// What the sessions of a store share.
    struct Shared: Sendable {
        let definitions = DefinitionCache()
        let unreadable = UnreadableJobs()
        let scripts: RedisScripts
    }

    /// The version of the layout of keys and values.
    static let format = "1"

    let shared: Shared
    private let server: RedisServer
    private let timeout: Duration
    /// Whether nothing is written, and the storage is left as it is found.
    private let isReadingOnly: Bool
    private var connection: RedisConnection?
    private var pause = ReconnectPause()
    /// The error of the last attempt to connect.
    private var refusal: RedisFailure?
    /// The epoch of the connection, which no number that the storage has given exceeds.
    private(set) var epoch: Int64 = 0

    /// Connects.
    init(
        _ server: RedisServer, timeout: Duration, isReadingOnly: Bool = false, shared: Shared
    ) throws(CarillonError) {
        self.server = server
        self.timeout = timeout
        self.isReadingOnly = isReadingOnly
        self.shared = shared
        try translating { () throws(RedisFailure) in _ = try connected() }
    }

    /// The store, in an error.
    var place: String { server.place }

    private func translating<Value>(
        _ body: () throws(RedisFailure) -> Value
    ) throws(CarillonError) -> Value {
        do throws(RedisFailure) { return try body() } catch { throw error.error(server.place) }
    }

    // MARK: Connecting

    private func connected() throws(RedisFailure) -> RedisConnection {
        if let connection {
            // A server that has gone has said so by now. Then nothing is sent that nobody knows the outcome of.
            if !connection.channel.isStale { return connection }
            self.connection = nil
        }
        if let refusal, !pause.isOver { throw refusal }
        do throws(RedisFailure) {
            let made = try RedisConnection(server, timeout: timeout)
            epoch = try attach(made)
            connection = made
            refusal = nil
            pause.reset()
            return made
        } catch {
            refusal = error
            pause.extend()
            throw error
        }
    }

    private func attach(_ made: RedisConnection) throws(RedisFailure) -> Int64 {
        if isReadingOnly {
            let found = try made.exchange([RedisArguments(["MGET", key("format"), key("epoch")])])[0].checked()
            guard case let format? = found.elements.first?.text else {
                throw RedisFailure(.unsuitable, "there is no job store in it, and it is opened for reading alone")
            }
            guard format == Self.format else { throw RedisFailure(.tooNew, "the layout has version \(format)") }
            return found.elements.last?.integer ?? 0
        }
        let arguments = RedisArguments([Self.format, made.process])
        return try made.run(StorageScripts.attach, server.prefix, arguments).answer.integer ?? 0
    }

    // MARK: Calling

    /// Runs commands or a script.
    ///
    /// - Parameter mayRepeat: Whether nothing is changed, so that it is done once more if the connection turns out to be
    ///   dead. What writes is never sent twice.
    private func run<Value>(
        mayRepeat: Bool, _ body: (RedisConnection) throws(RedisFailure) -> Value
    ) throws(CarillonError) -> Value {
        try translating { () throws(RedisFailure) in
            var isAgain = connection == nil || !mayRepeat
            while true {
                let connection = try connected()
                do throws(RedisFailure) {
                    return try body(connection)
                } catch {
                    if error.endsConnection { self.connection = nil }
                    guard !isAgain, error.kind == .lost else { throw error }
                    isAgain = true
                }
            }
        }
    }

    /// Sends commands that change nothing in one message, and returns their answers.
    func read(_ commands: [RedisArguments]) throws(CarillonError) -> [RedisReply] {
        guard !commands.isEmpty else { return [] }
        var replies: [RedisReply] = []
        // The answers of a message are kept until all have come.
        for some in commands.batches(of: 1000) {
            replies += try run(mayRepeat: true) { (connection) throws(RedisFailure) in
                let replies = try connection.exchange(some)
                for reply in replies { _ = try reply.checked() }
                return replies
            }
        }
        return replies
    }

    /// Sends a command that changes nothing.
    func read(_ words: String...) throws(CarillonError) -> RedisReply {
        try read([RedisArguments(words)]).first ?? .null
    }

    /// Runs a script that changes nothing.
    func read(_ script: RedisScript, _ arguments: RedisArguments) throws(CarillonError) -> RedisReply {
        try run(mayRepeat: true) { (connection) throws(RedisFailure) in
            try connection.run(script, server.prefix, arguments).answer
        }
    }

    /// Runs a script that writes. Its first arguments are the layout's version and the epoch.
    ///
    /// - Parameter before: Commands to be sent in the same message.
    func write(
        _ script: RedisScript, after before: [RedisArguments] = [], _ arguments: RedisArguments
    ) throws(CarillonError) -> (before: [RedisReply], answer: RedisReply) {
        try refuseWritingReadOnly()
        return try run(mayRepeat: false) { (connection) throws(RedisFailure) in
            var all = RedisArguments([Self.format, String(epoch)])
            all.append(contentsOf: arguments)
            return try connection.run(script, server.prefix, all, after: before)
        }
    }

    /// Sends a command that writes and does no harm if it is lost.
    func write(_ command: RedisArguments) throws(CarillonError) -> RedisReply {
        try refuseWritingReadOnly()
        return try run(mayRepeat: false) { (connection) throws(RedisFailure) in
            try connection.exchange([command])[0].checked()
        }
    }

    private func refuseWritingReadOnly() throws(CarillonError) {
        guard isReadingOnly else { return }
        throw CarillonError(.storeReadOnly, "\(server.place) was opened for reading alone")
    }

    /// Tries whether the user may do everything that a store does.
    func tryRights() throws(CarillonError) {
        let name = RedisArguments([String(UInt64.random(in: 0 ... .max), radix: 36)])
        _ = try run(mayRepeat: true) { (connection) throws(RedisFailure) in
            try connection.run(StorageScripts.trial, server.prefix, name)
        }
    }

    // MARK: Keys

    /// The name of a key.
    func key(_ name: String) -> String { server.prefix + name }

    /// Appends tasks as scripts take them.
    func append(_ tasks: Set<TaskName>?, to arguments: inout RedisArguments) {
        guard let tasks else { return arguments.append("*") }
        arguments.append(tasks.count)
        for task in tasks { arguments.append(task.description) }
    }

    /// Reads the earliest times of an answer.
    func times(_ due: RedisReply?, _ available: RedisReply?) -> EarliestTimes {
        EarliestTimes(due: Score.instant(due), available: Score.instant(available))
    }
}

/// The scripts that know the clock.
struct RedisScripts: Sendable {
    let look: RedisScript
    let heartbeat: RedisScript
    let forget: RedisScript
    let glance: RedisScript

    /// - Parameter clock: What is added to the server's clock, in Lua and in microseconds; `nil` for nothing.
    init(clock: String?) {
        look = LookScript.marking(clock: clock)
        heartbeat = NodeScripts.heartbeat(clock: clock)
        forget = NodeScripts.forget(clock: clock)
        glance = NodeScripts.glance(clock: clock)
    }
}
#endif
