import CarillonTriggers
import Dispatch
import Logging
import Synchronization

/// Delivers the events of a scheduler to its outlets, in order, without waiting for any.
final class EventHub: Sendable {
    private struct State {
        var number = 0
        var outlets: [Int: EventOutlet] = [:]
        var nextOutlet = 0
    }

    private let state = Mutex(State())
    /// Whether there are outlets, readable without the lock.
    private let hasOutlets = Atomic(false)
    private let clock: any SchedulerClock

    init(clock: any SchedulerClock) { self.clock = clock }

    /// Whether there are outlets; otherwise no events are made.
    var isWanted: Bool { hasOutlets.load(ordering: .acquiring) }

    /// Delivers one event.
    func emit(_ kind: SchedulerEvent.Kind) { emit(CollectionOfOne(kind)) }

    /// Delivers events that happened together.
    func emit(_ kinds: some Sequence<SchedulerEvent.Kind>) {
        guard isWanted else { return }
        state.withLock { state in
            removeEnded(&state)
            let now = clock.now
            for kind in kinds {
                state.number += 1
                let event = SchedulerEvent(number: state.number, time: now, kind: kind)
                for outlet in state.outlets.values { outlet.offer(event) }
            }
        }
    }

    /// Calls a listener for each event from now on, one at a time.
    func add(_ filter: EventFilter, _ listener: @escaping @Sendable (SchedulerEvent) throws -> Void) -> Int {
        add { _ in
            let queue = ListenerQueue(listener) { self.emit(.listenerFailed("\($0)")) }
            return EventOutlet(filter) {
                queue.offer($0)
            } finish: {
            }
        }
    }

    /// Calls a listener for each event from now on, before anything else happens: it blocks the scheduler.
    func addSynchronous(_ listener: @escaping @Sendable (SchedulerEvent) -> Void) {
        _ = add { _ in EventOutlet(EventFilter(), nil, listener) {} }
    }

    /// Returns a stream of the events from now on, until `finish`.
    func events(_ filter: EventFilter) -> AsyncStream<SchedulerEvent> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: SchedulerEvent.self,
            bufferingPolicy: .bufferingNewest(ListenerQueue.limit)
        )
        // Called while a reader's task is cancelled, when the task is locked. An event that is being delivered waits
        // for the task, so nothing here may wait for that.
        let end = StreamEnd()
        continuation.onTermination = { _ in end.hasCome.store(true, ordering: .releasing) }
        _ = add { _ in
            EventOutlet(filter, end) {
                continuation.yield($0)
            } finish: {
                continuation.finish()
            }
        }
        return stream
    }

    func remove(_ number: Int) {
        state.withLock { state in
            state.outlets[number] = nil
            hasOutlets.store(!state.outlets.isEmpty, ordering: .releasing)
        }
    }

    /// Removes the outlets of streams that are no longer read.
    private func removeEnded(_ state: inout State) {
        guard state.outlets.values.contains(where: \.isEnded) else { return }
        state.outlets = state.outlets.filter { !$0.value.isEnded }
        hasOutlets.store(!state.outlets.isEmpty, ordering: .releasing)
    }

    /// Ends all event streams; listeners stay.
    func finish() {
        let outlets = state.withLock { Array($0.outlets.values) }
        for outlet in outlets { outlet.finish() }
        state.withLock { removeEnded(&$0) }
    }

    private func add(_ make: (Int) -> EventOutlet) -> Int {
        state.withLock { state in
            state.nextOutlet += 1
            state.outlets[state.nextOutlet] = make(state.nextOutlet)
            hasOutlets.store(true, ordering: .releasing)
            return state.nextOutlet
        }
    }
}

/// Whether a stream of events is no longer read.
final class StreamEnd: Sendable {
    let hasCome = Atomic(false)
}

/// A receiver of events.
struct EventOutlet: Sendable {
    private let filter: EventFilter
    private let end: StreamEnd?
    private let take: @Sendable (SchedulerEvent) -> Void
    let finish: @Sendable () -> Void

    /// Whether it takes no more events.
    var isEnded: Bool { end?.hasCome.load(ordering: .acquiring) ?? false }

    init(
        _ filter: EventFilter, _ end: StreamEnd? = nil, _ take: @escaping @Sendable (SchedulerEvent) -> Void,
        finish: @escaping @Sendable () -> Void
    ) {
        self.filter = filter
        self.end = end
        self.take = take
        self.finish = finish
    }

    func offer(_ event: SchedulerEvent) { if filter.passes(event.kind) { take(event) } }
}

/// Calls a listener on its own queue, so that one that blocks delays no other.
private final class ListenerQueue: Sendable {
    /// The most events that wait for a slow listener.
    static let limit = 10_000

    private struct State {
        var events: [SchedulerEvent] = []
        var lost = 0
        var isDelivering = false
    }

    private let queue = DispatchQueue(label: "carillon.listener")
    private let state = Mutex(State())
    private let listener: @Sendable (SchedulerEvent) throws -> Void
    private let report: @Sendable (any Error) -> Void

    init(
        _ listener: @escaping @Sendable (SchedulerEvent) throws -> Void,
        report: @escaping @Sendable (any Error) -> Void
    ) {
        self.listener = listener
        self.report = report
    }

    func offer(_ event: SchedulerEvent) {
        let isFirst = state.withLock { state in
            if state.events.count < Self.limit { state.events.append(event) } else { state.lost += 1 }
            defer { state.isDelivering = true }
            return !state.isDelivering
        }
        if isFirst { queue.async { self.deliver() } }
    }

    private func deliver() {
        while true {
            let (events, lost) = state.withLock { state in
                defer { (state.events, state.lost) = ([], 0) }
                state.isDelivering = !state.events.isEmpty
                return (state.events, state.lost)
            }
            guard let last = events.last else { return }
            for event in events { call(event) }
            if lost > 0 {
                call(SchedulerEvent(number: last.number + lost, time: last.time, kind: .eventsLost(lost)))
            }
        }
    }

    private func call(_ event: SchedulerEvent) {
        do {
            try listener(event)
        } catch {
            // A listener that fails at this event too would cause another one for ever.
            if case .listenerFailed = event.kind { return }
            report(error)
        }
    }
}
