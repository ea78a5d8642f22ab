public import CarillonTriggers

/// What a running run has reported since its node took it; the store keeps the latest notes.
public struct RunNotes: Hashable, Sendable {
    /// The run.
    public let run: Run.ID
    /// The fence it was taken with.
    public let fence: Int64
    /// The progress, if the task has reported any.
    public let progress: RunProgress?
    /// The end of the log, 64 KiB at most; `nil` if nothing was logged.
    public let log: [UInt8]?
    /// How many bytes were logged in all; `log` is the end of them.
    public let written: Int
    /// The run's process, if it may outlive its node.
    public let process: RunProcess?

    /// Creates notes, keeping the end of a log that is too long.
    ///
    /// - Parameter written: How many bytes were logged in all, if more than `log` has.
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
    /// Whether notes are of this take of the run: it is running on the node, and has not been taken again since.
    public func accepts(_ notes: RunNotes, from node: NodeID) -> Bool {
        id == notes.run && fence == notes.fence && state == .running(node: node)
    }

    /// Shows the latest notes of the run, if it is still running and has not been taken again since.
    ///
    /// - Parameters:
    ///   - moment: When the notes were stored.
    ///   - withLog: Whether to show the log; listings leave it out.
    public mutating func show(_ notes: RunNotes, at moment: Instant, withLog: Bool) {
        guard case .running = state, fence == notes.fence else { return }
        process = notes.process
        // The notes may have nothing but the process.
        guard notes.progress != nil || notes.log != nil else { return }
        progress = notes.progress
        written = notes.written
        noted = moment
        if withLog { log = notes.log }
    }

    /// Keeps the log of the notes, if the run has ended and its end came without a log.
    public mutating func keepLog(of notes: RunNotes) {
        guard !isOpen, log == nil, fence == notes.fence, let noted = notes.log else { return }
        log = noted
    }
}
