package import CarillonTriggers

extension Run {
    /// Whether a completion counts: the run is running, and nobody has taken it since.
    package func accepts(_ completion: Completion) -> Bool {
        guard case .running = state else { return false }
        return id == completion.run && fence == completion.fence
    }

    /// Whether this completion is what ended the run. A node that did not hear whether its completion was written learns
    /// it by this: the repetition is refused in any case.
    package func isEnded(by completion: Completion) -> Bool {
        guard case .ended(let outcome, _, _, _, _) = completion.result else { return false }
        return id == completion.run && fence == completion.fence && finished == completion.finished
            && state == .finished(outcome)
    }

    /// Keeps what a node says of a run, within the limits. A result that is too long is left out, since a part of it
    /// would not be JSON, and the log says so; of a log the end is kept, of an error the beginning.
    mutating func keep(_ outcome: Outcome, error: String?, result: [UInt8]?, log: [UInt8]?) {
        // Who asked for it to be cancelled has said why.
        if outcome != .cancelled || error != nil { self.error = error?.beginning(bytes: Self.payloadLimit) }
        self.result = result
        self.log = log
        if let result, result.count > Self.payloadLimit {
            self.result = nil
            let note = "the result has \(result.count) bytes; it is not kept, since \(Self.payloadLimit) are the most"
            self.log = (log.map { $0 + [UInt8(ascii: "\n")] } ?? []) + Array(note.utf8)
        }
        self.log = self.log.map(Self.end)
    }

    /// Makes it one that has ended.
    mutating func end(_ outcome: Outcome, at time: Instant) {
        state = .finished(outcome)
        finished = time
    }

    /// Ends it as a completion says, if nothing can follow from that for a job whose only open run it is: its task has
    /// succeeded. The planner comes to the same, with a snapshot of the job and step by step.
    ///
    /// - Returns: Whether it has ended by that.
    mutating func endAlone(by completion: Completion) -> Bool {
        guard case .ended(.succeeded, let error, let result, let log, _) = completion.result, accepts(completion)
        else { return false }
        if let began = completion.started { started = began }
        keep(.succeeded, error: error, result: result, log: log)
        end(.succeeded, at: completion.finished)
        return true
    }

    /// Makes it one that nobody has begun.
    mutating func giveBack() {
        state = .ready
        started = nil
    }

    /// How what is said of runs begins that the stop of a node ended.
    private static let interrupted = "interrupted by the stop of "

    /// What is said of a run that the stop of a node ended.
    static func interruption(by node: NodeID) -> String { "\(interrupted)node '\(node)'" }

    /// Whether that is said of it. Of a run that is open or lost the scheduler alone says something; what a task says at the
    /// end of its run may begin with any words.
    package var isInterrupted: Bool {
        switch state {
        case .waiting, .ready, .running, .finished(.lost): error?.hasPrefix(Self.interrupted) ?? false
        case .finished: false
        }
    }

    /// Why a run ends that its job's removal ended.
    static let jobRemoved = "the job was removed"

    /// What is said of a run that is lost since its node was found dead: it was killed, or stopped and left the run behind,
    /// or was silent for too long. Which of these nobody knows.
    static let death = "its node was gone before it ended"

    /// What is said of one whose nodes were gone as often as it may be run again, and once more.
    static let lastDeath =
        "\(death); it had been run again \(JobPolicies.recoveryLimit) times, which is the limit"

    /// Whether it has ended and was begun again after it had lost a node. One that ends by losing its node is available
    /// from then on, and nobody takes it any more.
    package var wasBegunAgain: Bool {
        guard recoveries > 0, !isOpen, node != nil, let started else { return false }
        return started >= available
    }

    /// When it was last begun and when it ended, where a node worked at it all that time: not where it waited when it was
    /// cancelled, and not where it ended when its node was found dead.
    package var workTime: (began: Instant, ended: Instant)? {
        guard case .finished(let outcome) = state, node != nil, let started, let finished else { return nil }
        switch outcome {
        case .succeeded, .failed, .timedOut: return (started, finished)
        case .cancelled: return recoveries == 0 || wasBegunAgain ? (started, finished) : nil
        case .lost: return isInterrupted ? (started, finished) : nil
        }
    }

    /// The end of a log, as much as is kept; where it is cut, it begins with a whole character.
    static func end(of log: [UInt8]) -> [UInt8] {
        log.count > payloadLimit ? Array(log.suffix(payloadLimit).drop { $0 & 0xC0 == 0x80 }) : log
    }
}

extension String {
    /// As much of it as so many bytes hold, ending with a whole character.
    func beginning(bytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(startIndex, offsetBy: limit)
        while Index(end, within: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}
