import Synchronization

/// What all schedulers have in common: everything but the thread that the engine runs on.
///
/// Another flavour is a type of its own with an `engine` on another serial executor; nothing else changes. See
/// `docs/executors-of-your-own.md`.
public protocol Scheduler: Sendable {
    /// What does the work.
    var engine: Engine { get }
}

extension Scheduler {
    /// Whether the scheduler has been started and not shut down.
    public var isRunning: Bool { engine.isRunning }

    /// What this process is known by in stores that several share.
    public var node: NodeID { engine.node.id }

    /// Whether this node fires nothing until `resume`; a scheduler that is shut down is not paused when it is started
    /// again.
    public var isPaused: Bool { engine.isPausedNow.load(ordering: .acquiring) }

    // MARK: Beginning and end

    /// Fires nothing more, and returns when the runs that are at work have ended and nothing is asked of the stores any
    /// more, so that they can be closed.
    ///
    /// It may be called from inside a run, which is not waited for then: it returns at once, and the scheduler ends when
    /// the run has. Calling it twice, or while the scheduler starts, is fine; it may be started again afterwards.
    ///
    /// A run that ends since it is asked to, by throwing `CancellationError`, is nobody's cancel: it is run again when a
    /// node is there, or becomes `lost`, as its job's `recovery` says. One that ends in another way, or whose end somebody
    /// asked for, has that outcome.
    ///
    /// - Parameters:
    ///   - mode: Whether runs that are at work are waited for or asked to end.
    ///   - deadline: After so long they are asked to end. Those that have not ended after as long again, 1 s at the
    ///     least, are left behind: a Swift task or a thread cannot be ended against its will. A store that does not
    ///     answer by then is waited for for one more second.
    public func shutdown(_ mode: ShutdownMode = .drain, deadline: Duration? = nil) async {
        await engine.shutdown(mode, deadline: deadline, isInside: engine.isCallerInside)
    }

    /// Fires nothing until `resume` or the next start after a `shutdown`, on this node; runs that are at work go on.
    public func pause() async { await engine.pause() }

    /// Fires again. What was due in the meantime, and no other node has fired, is recorded as
    /// `skipped(schedulerPaused)`.
    public func resume() async { await engine.resume() }

    // MARK: What happens

    /// Events from now on, until the scheduler is shut down; each call answers a sequence of its own.
    ///
    ///     for await event in scheduler.events(EventFilter([.runEnded], job: "report")) { print(event) }
    ///
    /// One that is read slowly loses the oldest of 10,000 that wait. Their numbers are missing then, as are those of events
    /// that the filter leaves out.
    public func events(_ filter: EventFilter = EventFilter()) -> AsyncStream<SchedulerEvent> {
        engine.hub.events(filter)
    }

    /// Calls a listener for every event from now on, one at a time, on a thread that is not the scheduler's. One that
    /// throws is told so by an event and called again with the next; one that blocks delays nobody else.
    ///
    /// - Parameter filter: Which events it is called for.
    /// - Returns: What `removeListener` takes.
    @discardableResult
    public func addListener(
        for filter: EventFilter = EventFilter(),
        _ listener: @escaping @Sendable (SchedulerEvent) throws -> Void
    ) -> ListenerID {
        ListenerID(number: engine.hub.add(filter, listener))
    }

    /// Calls a listener no more.
    public func removeListener(_ listener: ListenerID) { engine.hub.remove(listener.number) }
}

/// A listener of a scheduler.
public struct ListenerID: Hashable, Sendable {
    let number: Int
}

extension Engine {
    nonisolated var isRunning: Bool { isStarted.load(ordering: .acquiring) }

    /// Whether the caller is a run of this scheduler.
    nonisolated var isCallerInside: Bool { RunWork.current?.origin.scheduler == ObjectIdentifier(self) }
}
