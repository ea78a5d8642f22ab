#if Command
import Carillon
import CarillonConfiguration
import CarillonTriggers

/// Tells what happens in a scheduler.
struct EventReport: Sendable {
    let stores: [any JobStore]
    /// What is lighter is not told.
    let level: LogSettings.Level
    let report: @Sendable (ServeRecord, Instant) async -> Void

    /// Follows the events of a scheduler until it is shut down.
    func follow(_ events: AsyncStream<SchedulerEvent>) async {
        var last: Int?
        for await event in events {
            if let last, event.number > last + 1 { await report(.untold(event.number - last - 1), event.time) }
            last = event.number
            if let record = await record(event.kind) { await report(record, event.time) }
        }
    }

    private func record(_ kind: SchedulerEvent.Kind) async -> ServeRecord? {
        switch kind {
        case .runStarted(let id): .began(id)
        case .runEnded(let id, let outcome, let error):
            // The store is not asked about what is not told.
            ServeRecord.level(of: outcome) < level
                ? nil : .ended(id, outcome, error: error, run: await stored(id)?.run)
        case .notRun(let range): .notRun(range)
        case .runRetrying(let id, let time): .retrying(id, at: time)
        case .runRecovered(let id): .recovered(id)
        case .runInterrupted(let id): .interrupted(id, isKept: await stored(id)?.isKept ?? true)
        default: nil
        }
    }

    /// What the stores know of a run, and whether that outlives the server; a store that fails now has told so by itself.
    private func stored(_ id: Run.ID) async -> (run: Run, isKept: Bool)? {
        for store in stores {
            if let run = try? await store.run(id) { return (run, store.capabilities.isPersistent) }
        }
        return nil
    }
}
#endif
