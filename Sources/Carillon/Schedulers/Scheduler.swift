import Synchronization

/// A scheduler: everything but the thread that its engine runs on.
///
/// Another kind of scheduler is a type with an `engine` on another serial executor; nothing else changes. See
/// `docs/executors-of-your-own.md`.
public protocol Scheduler: TaskHost {
    /// The engine that does the work.
    var engine: Engine { get }
}

extension Scheduler {
    /// Whether the scheduler has been started and not shut down.
    public var isRunning: Bool { engine.isRunning }

    /// The id of this process in shared stores.
    public var node: NodeID { engine.node.id }

    /// Whether this node fires nothing until `resume`. A scheduler that was shut down is not paused when it is started
    /// again.
    public var isPaused: Bool { engine.isPausedNow.load(ordering: .acquiring) }

    // MARK: Beginning and end

    /// Stops firing, and returns when all running runs have ended and the stores are no longer used, so that they can
    /// be closed.
    ///
    /// It may be called from inside a run, which it then does not wait for: it returns at once, and the scheduler ends
    /// when the run has. It may be called twice, or while the scheduler starts; the scheduler may be started again
    /// afterwards.
    ///
    /// A run that was asked to end by this, and throws `CancellationError`, does not count as cancelled: it is run
    /// again when a node is available, or becomes `lost`, as its job's `recovery` says. A run that ends in another
    /// way, or that a user cancelled, has that outcome.
    ///
    /// - Parameters:
    ///   - mode: Whether to wait for running runs or to ask them to end.
    ///   - deadline: The time after which runs are asked to end. Those that have not ended after the same time again,
    ///     at least 1 s, are left behind: a Swift task or a thread cannot be ended against its will. A store that does
    ///     not answer by then gets one more second.
    public func shutdown(_ mode: ShutdownMode = .drain, deadline: Duration? = nil) async {
        await engine.shutdown(mode, deadline: deadline, isInside: engine.isCallerInside)
    }

    /// Stops firing on this node until `resume`, or until the next start after a `shutdown`; running runs go on.
    public func pause() async { await engine.pause() }

    /// Fires again. Occurrences that were due during the pause, and that no other node has fired, are recorded as
    /// `skipped(schedulerPaused)`.
    public func resume() async { await engine.resume() }

    // MARK: What happens

    /// Returns a new stream of the events from now on, until the scheduler is shut down.
    ///
    ///     for await event in scheduler.events(EventFilter([.runEnded], job: "report")) { print(event) }
    ///
    /// A stream buffers 10,000 events; if it is read too slowly, the oldest are dropped. Gaps in the events' numbers
    /// show that, and also the events that the filter leaves out.
    public func events(_ filter: EventFilter = EventFilter()) -> AsyncStream<SchedulerEvent> {
        engine.hub.events(filter)
    }

    /// Calls a listener for every event from now on, one at a time, on a thread that is not the scheduler's.
    ///
    /// If a listener throws, `listenerFailed` is emitted and the listener is called again with the next event; one that
    /// blocks delays no other.
    ///
    /// - Parameter filter: Which events it is called for.
    /// - Returns: The id for `removeListener`.
    @discardableResult
    public func addListener(
        for filter: EventFilter = EventFilter(),
        _ listener: @escaping @Sendable (SchedulerEvent) throws -> Void
    ) -> ListenerID {
        ListenerID(number: engine.hub.add(filter, listener))
    }

    /// Removes a listener: it is no longer called.
    public func removeListener(_ listener: ListenerID) { engine.hub.remove(listener.number) }
}

/// The id of a scheduler's listener.
public struct ListenerID: Hashable, Sendable {
    let number: Int
}

extension Engine {
    nonisolated var isRunning: Bool { isStarted.load(ordering: .acquiring) }

    /// Whether the caller is a run of this scheduler.
    nonisolated var isCallerInside: Bool { RunWork.current?.origin.scheduler == ObjectIdentifier(self) }
}
