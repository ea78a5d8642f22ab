public import CarillonTriggers

/// What a run has said of itself since its node took it, while it is running; the store keeps the latest.
public struct RunNotes: Hashable, Sendable {
    /// The run.
    public let run: Run.ID
    /// The fence it was taken with.
    public let fence: Int64
    /// How far it is, where its task has said so.
    public let progress: RunProgress?
    /// The end of what it logged, 64 KiB at most; nothing where it logged nothing.
    public let log: [UInt8]?
    /// How many bytes it has logged in all, of which `log` is the end.
    public let written: Int
    /// The process under which it works, where that may outlive its node.
    public let process: RunProcess?

    /// Puts notes together; of a longer log the end is taken.
    ///
    /// - Parameter written: How many bytes were logged in all, where that is more than `log` has.
    public init(
        run: Run.ID, fence: Int64, progress: RunProgress? = nil, log: [UInt8]? = nil, written: Int = 0,
        process: RunProcess? = nil
    ) {
        self.run = run
        self.fence = fence
        self.progress = progress
        self.log = log.map(Run.end)
        self.written = max(written, log?.count ?? 0)
        self.process = process
    }
}

extension Run {
    /// Whether notes are of this take of the run: it is running on the node, and nobody has taken it since.
    public func accepts(_ notes: RunNotes, from node: NodeID) -> Bool {
        id == notes.run && fence == notes.fence && state == .running(node: node)
    }

    /// Shows what was noted of the run, if it is running still and was not taken anew since.
    ///
    /// - Parameters:
    ///   - moment: When it was noted.
    ///   - withLog: False in listings, which leave the log out.
    public mutating func show(_ notes: RunNotes, at moment: Instant, withLog: Bool) {
        guard case .running = state, fence == notes.fence else { return }
        process = notes.process
        // Its task may have said nothing yet.
        guard notes.progress != nil || notes.log != nil else { return }
        progress = notes.progress
        written = notes.written
        noted = moment
        if withLog { log = notes.log }
    }

    /// Keeps the log that was noted while it was running, if it has ended and whoever ended it knew of none.
    public mutating func keepLog(of notes: RunNotes) {
        guard !isOpen, log == nil, fence == notes.fence, let noted = notes.log else { return }
        log = noted
    }
}
