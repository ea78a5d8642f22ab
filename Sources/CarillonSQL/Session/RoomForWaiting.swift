internal import Carillon
internal import CarillonTriggers

/// Determines whether a waiting run of a job has room, from its open runs one by one.
struct RoomForWaiting {
    private var instances = 0
    private var earliest: Int64?

    mutating func count(_ run: Run) {
        switch run.state {
        case .waiting: earliest = min(earliest ?? .max, run.available.microseconds)
        case .ready, .running: instances += 1
        case .finished: break
        }
    }

    /// Returns since when a run that has room has waited, in microseconds; `nil` if there is none.
    func waitingSince(_ job: Job) -> Int64? {
        job.isPaused || instances >= job.definition.policies.maxInstances ? nil : earliest
    }
}
