package import CarillonTriggers

extension Run {
    /// Whether a completion counts: the run is running, and has not been taken again since.
    package func accepts(_ completion: Completion) -> Bool {
        guard case .running = state else { return false }
        return id == completion.run && fence == completion.fence
    }

    /// Whether this completion ended the run. A node that does not know whether its completion was written learns it
    /// from this; a repeated completion is refused in any case.
    package func isEnded(by completion: Completion) -> Bool {
        guard case .ended(let outcome, _, _, _, _) = completion.result else { return false }
        return id == completion.run && fence == completion.fence && finished == completion.finished
            && state == .finished(outcome)
    }

    /// Keeps what a completion reports, within the limits. A result that is too long is dropped, since a part of it
    /// would not be JSON, and the log says so. Of a log the end is kept, of an error the beginning.
    mutating func keep(_ outcome: Outcome, error: String?, result: [UInt8]?, log: [UInt8]?) {
        // The request to cancel has set the error.
        if outcome != .cancelled || error != nil { self.error = error?.beginning(bytes: Self.payloadLimit) }
        self.result = result
        self.log = log
        if let result, result.count > Self.payloadLimit {
            self.result = nil
            self.log = (log.map { $0 + [UInt8(ascii: "\n")] } ?? []) + Array(Self.note(onResultOf: result.count).utf8)
        }
        self.log = self.log.map(Self.end)
    }

    /// What the log of a run says whose result is too long.
    static func note(onResultOf count: Int) -> String {
        "the result has \(count) bytes; it is not kept, since \(payloadLimit) are the most"
    }

    /// Marks the run as ended.
    mutating func end(_ outcome: Outcome, at time: Instant) {
        state = .finished(outcome)
        finished = time
    }

    /// Ends the run by a completion if its task has succeeded and it is the only open run of its job, so that nothing
    /// follows. The planner has the same result, with a snapshot of the job and step by step.
    ///
    /// - Returns: Whether the run has ended by that.
    mutating func endAlone(by completion: Completion) -> Bool {
        guard case .ended(.succeeded, let error, let result, let log, _) = completion.result, accepts(completion)
        else { return false }
        if let began = completion.started { started = began }
        keep(.succeeded, error: error, result: result, log: log)
        end(.succeeded, at: completion.finished)
        return true
    }

    /// Makes the run ready again, as if its task had never begun.
    mutating func giveBack() {
        state = .ready
        started = nil
    }

    /// The beginning of the error of a run that was interrupted by the stop of its node.
    private static let interrupted = "interrupted by the stop of "

    /// Returns the error of a run that was interrupted by the stop of its node.
    static func interruption(by node: NodeID) -> String { "\(interrupted)node '\(node)'" }

    /// Whether the stop of a node interrupted the run. Only the scheduler sets the error of an open or lost run; an
    /// error that a task reports may begin with any words.
    package var isInterrupted: Bool {
        switch state {
        case .waiting, .ready, .running, .finished(.lost): error?.hasPrefix(Self.interrupted) ?? false
        case .finished: false
        }
    }

    /// The error of a run that ended with the removal of its job.
    static let jobRemoved = "the job was removed"

    /// The error of a run that is lost because its node was found dead: the node was killed, stopped and left the run
    /// behind, or was silent for too long. Which of these is not known.
    static let death = "its node was gone before it ended"

    /// The error of a run that lost its node once more after it had been run again as often as allowed.
    static let lastDeath =
        "\(death); it had been run again \(JobPolicies.recoveryLimit) times, which is the limit"

    /// Whether the run has ended, and was begun again after it had lost a node. A run that ends by losing its node
    /// becomes `available` at that moment, and no node takes it any more.
    package var wasBegunAgain: Bool {
        guard recoveries > 0, !isOpen, node != nil, let started else { return false }
        return started >= available
    }

    /// When the run last began and when it ended; `nil` unless a node worked at it all that time. It is `nil` for a run
    /// that was cancelled while it waited, or that ended because its node was found dead.
    package var workTime: (began: Instant, ended: Instant)? {
        guard case .finished(let outcome) = state, node != nil, let started, let finished else { return nil }
        switch outcome {
        case .succeeded, .failed, .timedOut: return (started, finished)
        case .cancelled: return recoveries == 0 || wasBegunAgain ? (started, finished) : nil
        case .lost: return isInterrupted ? (started, finished) : nil
        }
    }

    /// Returns the end of a log, as much as is kept. A log that is cut begins with a whole character.
    static func end(of log: [UInt8]) -> [UInt8] {
        log.count > payloadLimit ? Array(log.suffix(payloadLimit).drop { $0 & 0xC0 == 0x80 }) : log
    }
}

extension String {
    /// Returns the beginning that fits in a number of bytes, cut after a whole character.
    func beginning(bytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(startIndex, offsetBy: limit)
        while Index(end, within: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}
