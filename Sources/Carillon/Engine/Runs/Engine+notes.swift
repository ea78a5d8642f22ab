import CarillonTriggers
import Logging

/// What runs report of themselves while they are running.
extension Engine {
    /// After a write, a store rests for this many times as long as the write took, so that firing and taking never wait
    /// long.
    private static let restFactor: Int64 = 9
    /// The longest rest, in microseconds: the machine may have been suspended during the write.
    private static let longestRest: Int64 = 10_000_000

    /// Writes what the runs of a lane have reported since the last time, at most once a second.
    ///
    /// If the store fails, the notes are written a second later, with what was reported until then; the lane goes on
    /// regardless.
    func writeNotes(_ lane: StoreLane) async {
        let unwritten = lane.mailbox.unwritten
        let works = unwritten.take(at: clock.monotonic)
        guard !works.isEmpty else { return }
        let notes = works.compactMap { $0.takeNotes() }
        guard !notes.isEmpty else { return }
        let begun = clock.monotonic
        do throws(CarillonError) {
            try await lane.store.note(notes, from: node.id, at: clock.now)
            let ended = clock.monotonic
            unwritten.rest(until: ended + min(Self.restFactor * (ended - begun), Self.longestRest))
            lane.hasFailedToNote = false
        } catch {
            metrics?.failed(store: lane.alias)
            if !lane.hasFailedToNote {
                logger.warning(
                    "what runs say could not be written: \(error)", metadata: ["store": "\(lane.alias)"])
            }
            lane.hasFailedToNote = true
            for work in works where work.returnNotes() { unwritten.add(work, at: clock.monotonic) }
        }
    }
}
