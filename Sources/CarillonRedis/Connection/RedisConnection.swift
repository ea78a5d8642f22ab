#if Redis
internal import Carillon

/// A connection on which a user is known and a database chosen, used by one thread at a time.
final class RedisConnection {
    let channel: RedisChannel
    /// The server's process: another number means that it has started anew, or that another server has its place.
    let process: String
    private let timeout: Duration

    /// The oldest server with all features that the scripts use: 7, for `#!lua`.
    private static let oldestVersion = 7

    /// Connects.
    ///
    /// - Parameter timeout: How long connecting, and then each answer, may take.
    init(_ server: RedisServer, timeout: Duration) throws(RedisFailure) {
        let deadline = ContinuousClock.now + timeout
        let address = server.address
        channel = try RedisChannel(address.endpoint, address.encryption, until: deadline)
        self.timeout = timeout
        var greeting: [RedisArguments] = []
        if let password = try server.password() {
            greeting.append(RedisArguments(["AUTH"] + (address.user.map { [$0] } ?? []) + [password]))
        }
        if address.database != 0 { greeting.append(RedisArguments(["SELECT", String(address.database)])) }
        greeting.append(RedisArguments(["INFO"]))
        let replies = try Self.exchange(greeting, channel, until: deadline)
        for reply in replies { _ = try reply.checked() }
        let information = RedisInformation(replies.last?.text ?? "")
        process = information["run_id"] ?? ""
        let version = information["redis_version"] ?? ""
        guard let major = Int(version.prefix { $0 != "." }), major >= Self.oldestVersion else {
            throw RedisFailure(
                .unsuitable,
                "the server has version \(version.isEmpty ? "unknown" : version), and Carillon needs 7 or later")
        }
        guard information["cluster_enabled"] != "1" || address.database == 0 else {
            throw RedisFailure(.unsuitable, "a cluster has the database 0 alone")
        }
        let policy = information["maxmemory_policy"] ?? "noeviction"
        guard policy == "noeviction" else {
            throw RedisFailure(
                .unsuitable,
                """
                its maxmemory-policy is '\(policy)', by which it may drop jobs without a word; set it to 'noeviction' \
                (CONFIG SET maxmemory-policy noeviction, and in its redis.conf)
                """)
        }
    }

    /// Sends commands, and returns their answers.
    func exchange(_ commands: [RedisArguments]) throws(RedisFailure) -> [RedisReply] {
        try Self.exchange(commands, channel, until: .now + timeout)
    }

    private static func exchange(
        _ commands: [RedisArguments], _ channel: RedisChannel, until deadline: ContinuousClock.Instant
    ) throws(RedisFailure) -> [RedisReply] {
        var message: [UInt8] = []
        message.reserveCapacity(commands.reduce(0) { $0 + $1.bytes.count + 16 })
        for command in commands { command.write(to: &message) }
        try channel.send(message, until: deadline)
        var replies: [RedisReply] = []
        replies.reserveCapacity(commands.count)
        for _ in commands { replies.append(try channel.receive(until: deadline)) }
        return replies
    }

    /// Runs a script. A server that does not know it says so before it does anything, and is told its text.
    ///
    /// - Parameter before: Commands to be sent in the same message.
    /// - Returns: The answers to `before`, and that to the script.
    func run(
        _ script: RedisScript, _ prefix: String, _ arguments: RedisArguments, after before: [RedisArguments] = []
    ) throws(RedisFailure) -> (before: [RedisReply], answer: RedisReply) {
        var command = RedisArguments(["EVALSHA", script.digest, "1", prefix])
        command.append(contentsOf: arguments)
        var replies = try exchange(before + [command])
        if case .error(let text)? = replies.last, text.hasPrefix("NOSCRIPT") {
            var command = RedisArguments(["EVAL", script.text, "1", prefix])
            command.append(contentsOf: arguments)
            replies.removeLast()
            replies += try exchange([command])
        }
        for reply in replies { _ = try reply.checked() }
        guard let answer = replies.popLast() else { throw RedisFailure(.lost, "the server sent no answer") }
        return (replies, answer)
    }
}

/// What a server says of itself by INFO.
struct RedisInformation {
    private var values: [Substring: Substring] = [:]

    init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            values[line[..<colon]] = line[line.index(after: colon)...]
        }
    }

    subscript(name: String) -> String? { values[name[...]].map { String($0) } }
}
#endif
