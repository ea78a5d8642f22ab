import CarillonTriggers
import Foundation

/// Runs the jobs of a file on time until it is asked to stop: one loop on one thread.
struct Server {
    /// The most commands that run at once; jobs beyond them wait, and are late.
    private static let maximumCommands = 100

    private let commands: [String: [String]]
    private let ledger: Ledger
    private let node: NodeNumber
    private let signals: SignalPipe
    private var log: RunLog
    private var running: [RunningCommand] = []
    /// After a request to stop: when the commands that still run get which signal.
    private var stop: (deadline: ContinuousClock.Instant, signal: Int32)?
    private var failure: CommandFailure?
    /// When the last request to stop came that counted.
    private var lastRequest: ContinuousClock.Instant?

    /// Opens the database and says what is to come.
    init(_ file: JobsFile, name: String, database path: String) throws(CommandFailure) {
        commands = Dictionary(file.jobs.map { ($0.id, $0.command) }) { first, _ in first }
        log = try RunLog(zone: file.zone, hasColours: isatty(1) == 1 && getenv("NO_COLOR") == nil)
        signals = try SignalPipe()
        node = try NodeNumber(path: path + "-nodes")
        ledger = try Ledger(path: path, node: node.own)
        try ledger.adopt(file, now: .now) { [node] () throws(CommandFailure) in
            // Asked and announced under the lock for writing, so of two servers one comes first.
            let isContested = node.isAnotherServing
            try node.announceJobs()
            return isContested
        }
        try log.write("carillon serves \(name) in \(file.zone.identifier) time; state: \(path)")
        for (id, due) in try ledger.schedule(limit: 20) {
            try log.write("  \(id)  \(due.map { "next \(log.text($0))" } ?? "has ended")")
        }
        if file.jobs.count > 20 { try log.write("  and \(file.jobs.count - 20) jobs more") }
    }

    /// Serves until SIGINT or SIGTERM; a second one kills the commands that are still waited for.
    ///
    /// - Throws: `CommandFailure` where the database or the output failed, once the commands have ended.
    mutating func run() throws(CommandFailure) {
        // What runs under this server's own number before it has started any, a dead one left.
        attempt { (server) throws(CommandFailure) in try server.recoverRuns(isAlive: server.node.isHeldByAnother) }
        while true {
            attempt { (server) throws(CommandFailure) in try server.finishRuns() }
            if stop != nil, running.isEmpty { break }
            // A second at most, since the clock may be set meanwhile.
            var wait: Int64 = 1_000_000
            if stop == nil {
                attempt { (server) throws(CommandFailure) in
                    try server.recoverRuns { [node = server.node] in $0 == node.own || node.isHeldByAnother($0) }
                    try server.fireJobs()
                    wait = min(wait, try server.microsecondsToNextFiring())
                }
            }
            if let stop { wait = min(wait, Int64((stop.deadline - .now) / .microseconds(1))) }
            let ends = log.commandOutput.readEnds
            for _ in 0..<signals.requestsToStop(waitingAtMost: wait, orUntilReadable: ends) {
                answerRequestToStop()
            }
            attempt { (server) throws(CommandFailure) in try server.log.writeCommandOutput() }
            if let stop, stop.deadline <= .now { endCommands(stop.signal) }
        }
        if let failure { throw failure }
    }

    /// A failure stops the server as a request does, so that commands can end and be recorded if that works again.
    private mutating func attempt(_ step: (inout Server) throws(CommandFailure) -> Void) {
        do throws(CommandFailure) {
            try step(&self)
        } catch {
            failure = failure ?? error
            if stop == nil { requestStop() }
        }
    }

    private mutating func finishRuns() throws(CommandFailure) {
        var completions: [Ledger.Completion] = []
        running.removeAll { command in
            guard let completion = command.completion() else { return false }
            completions.append(completion)
            return true
        }
        try record(completions)
    }

    /// Writes to the database, and only then for people.
    private mutating func record(_ completions: [Ledger.Completion]) throws(CommandFailure) {
        try ledger.complete(completions)
        for completion in completions { try log.write(completion) }
    }

    private mutating func recoverRuns(isAlive: (Int) -> Bool) throws(CommandFailure) {
        let (claims, lost) = try ledger.recover(now: .now, isAlive: isAlive)
        try start(claims)
        for completion in lost { try log.write(completion) }
    }

    private mutating func fireJobs() throws(CommandFailure) {
        let now = Instant.now
        let (claims, reasons) = try ledger.fire(now: now, limit: Self.maximumCommands - running.count)
        try start(claims)
        for reason in reasons { try log.write(reason, at: now) }
    }

    private mutating func start(_ claims: [Ledger.Claim]) throws(CommandFailure) {
        var refused: [Ledger.Completion] = []
        for claim in claims {
            do throws(POSIXFailure) {
                running.append(try RunningCommand(claim, command: commands[claim.jobID] ?? [], log.commandOutput))
            } catch {
                refused.append(Ledger.Completion(claim, "failed", from: nil, to: .now, error: error.description))
            }
        }
        try record(refused)
    }

    private func microsecondsToNextFiring() throws(CommandFailure) -> Int64 {
        guard running.count < Self.maximumCommands, let due = try ledger.schedule(limit: 1).first?.due else {
            return .max
        }
        return due.microseconds - Instant.now.microseconds
    }

    /// What asks the server to stop may send its signal to the process and to its group: that is one request.
    private mutating func answerRequestToStop() {
        if let lastRequest, .now - lastRequest < .milliseconds(100) { return }
        lastRequest = .now
        requestStop()
    }

    private mutating func requestStop() {
        guard stop == nil else { return endCommands(SIGKILL) }
        stop = (.now + .seconds(StopSchedule.patience), SIGTERM)
        guard !running.isEmpty else { return }
        let ids = running.map(\.claim.jobID).joined(separator: ", ")
        attempt { (server) throws(CommandFailure) in
            let (term, kill) = (StopSchedule.patience, StopSchedule.patience + StopSchedule.grace)
            try server.log.write(
                "stopping: waiting for \(ids); SIGTERM after \(term) s, SIGKILL after \(kill) s; "
                    + "interrupt again to end them at once")
        }
    }

    private mutating func endCommands(_ signal: Int32) {
        for index in running.indices {
            running[index].isCancelled = true
            running[index].send(signal)
        }
        stop = (.now + .seconds(StopSchedule.grace), SIGKILL)
    }
}
