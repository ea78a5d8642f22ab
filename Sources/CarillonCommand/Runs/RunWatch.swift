#if Command
package import Carillon
package import CarillonTriggers

/// Notices what happens to runs, by looking again and again.
package struct RunWatch {
    /// What happened to a run.
    package struct Event {
        /// The words of `docs/commands.md`.
        package enum Kind: String {
            case started
            /// The stop of its node ended it before it had an outcome.
            case interrupted
            /// Its node was gone.
            case recovered
            /// Its node had no room for it.
            case givenBack
            case ended
        }

        /// As it was found.
        package let run: Run
        package let kind: Kind
        package let time: Instant?

        fileprivate init(_ run: Run, _ kind: Kind, _ time: Instant?) {
            self.run = run
            self.kind = kind
            self.time = time
        }

        /// Where events are of one time, they come in this order.
        fileprivate var rank: Int {
            switch kind {
            case .interrupted, .recovered, .givenBack: 0
            case .started: 1
            case .ended: 2
            }
        }
    }

    /// A run at work, as it was when it was last seen.
    private struct Take {
        let fence: Int64
        let recoveries: Int
        let started: Instant?
    }

    /// How many of the latest runs are looked through for such as started and ended between two looks.
    private static let latest = 500

    private let store: any JobStore
    private let job: JobID?
    private let kind: Occurrence.Kind?
    private let since: Instant
    private var running: [Run.ID: Take] = [:]
    private var told: Set<Run.ID> = []

    /// - Parameters:
    ///   - job: Only runs of this job.
    ///   - kind: Only runs of this kind.
    ///   - since: What ended before is not told.
    package init(store: any JobStore, job: JobID?, kind: Occurrence.Kind?, since: Instant) {
        self.store = store
        self.job = job
        self.kind = kind
        self.since = since
    }

    /// What has happened since the look before, in the order of its times.
    package mutating func look() async throws(CarillonError) -> [Event] {
        var filter = RunFilter()
        filter.job = job
        filter.kind = kind
        filter.state = .running
        var now = try await store.runs(filter, page: Page(limit: 1000))
        filter.state = .finished(nil)
        let latest = try await store.runs(filter, page: Page(limit: Self.latest))
        let known = Set(latest.map(\.id))
        var ended = latest.filter { ($0.finished ?? .earliest) >= since && !told.contains($0.id) }
        var events: [Event] = []
        for id in Set(running.keys).subtracting(now.map(\.id)).subtracting(known).subtracting(told) {
            guard let run = try await store.run(id), let take = running[id] else { continue }
            switch run.state {
            // It was taken anew after the list was read.
            case .running: now.append(run)
            case .waiting, .ready: events.append(Self.left(run, by: take))
            case .finished: ended.append(run)
            }
        }
        for run in now { events += begun(run) }
        for run in ended {
            // One that no node had when it ended did not begin again.
            if run.node != nil { events += begun(run) }
            events.append(Event(run, .ended, run.finished))
        }
        // A run that is taken again after its node was gone is told of again; one that has ended is not.
        told = told.intersection(known).union(ended.map(\.id))
        running = Dictionary(
            now.map { ($0.id, Take(fence: $0.fence, recoveries: $0.recoveries, started: $0.started)) }
        ) { first, _ in first }
        return events.sorted {
            ($0.time ?? .earliest, $0.rank) < ($1.time ?? .earliest, $1.rank)
        }
    }

    /// That a run was begun, and what had become of it before; nothing where that take of it has been told of.
    private func begun(_ run: Run) -> [Event] {
        let started = Event(run, .started, run.started)
        guard let take = running[run.id] else { return [started] }
        return take.fence == run.fence ? [] : [Self.left(run, by: take), started]
    }

    /// That a node left a run which it had taken.
    private static func left(_ run: Run, by take: Take) -> Event {
        guard run.recoveries > take.recoveries else {
            return Event(run, .givenBack, max(run.available, take.started ?? .earliest))
        }
        return Event(run, run.isInterrupted ? .interrupted : .recovered, run.available)
    }
}
#endif
