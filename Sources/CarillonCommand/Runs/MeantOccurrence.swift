#if Command
import Carillon
import CarillonTriggers

/// Which occurrence of a job a time means, and the runs that are of that time.
///
/// `flip` fires each 3 seconds, a tenth of a second after the whole one, and somebody runs it by hand in the same second:
/// that second means the occurrence of the trigger, and has two runs.
struct MeantOccurrence {
    let scheduled: Instant
    let explanation: OccurrenceExplanation
    /// The times whose runs are listed.
    let stretch: ClosedRange<Instant>
    /// The runs of the stretch that are of no attempt at the occurrence, the earliest first.
    let others: [Run]
    /// The times of the day or the minute, where that has several and none of them is meant.
    let several: StretchOccurrences?

    /// - Parameters:
    ///   - kind: That of the run that is asked about, where one is named.
    ///   - stretch: All times that may be meant.
    /// - Throws: `CarillonError`, as `JobStore.why` does.
    init(
        of job: JobID, _ kind: Occurrence.Kind?, in stretch: ClosedRange<Instant>, _ precision: TimePrecision,
        _ opened: OpenedStore, now: Instant
    ) async throws(CarillonError) {
        let occurrences: StretchOccurrences? =
            if precision.isWithinASecond { nil } else {
                try await StretchOccurrences(of: job, in: stretch, isDay: precision == .day, opened)
            }
        if let occurrences, let meant = occurrences.meant, occurrences.times.count > 1 {
            // The rest of the day has runs of its other occurrences.
            let second = Instant(seconds: meant.flooredSeconds)
            self.stretch = second...second.advanced(byMicroseconds: 999_999)
        } else {
            self.stretch = stretch
        }
        var filter = RunFilter()
        filter.job = job
        filter.scheduled = self.stretch
        let isAmbiguous = occurrences.map { $0.meant == nil && !$0.times.isEmpty } ?? false
        let runs = isAmbiguous ? [] : Array(try await opened.store.runs(filter, page: Page(limit: 1000)).reversed())
        if isAmbiguous {
            scheduled = stretch.lowerBound
            explanation = .notScheduled
        } else if let meant = occurrences?.meant {
            scheduled = meant
            explanation = try await opened.store.why(job, at: meant, now: now)
        } else {
            let search = Search(job: job, stretch: stretch, runs: runs, store: opened.store, now: now)
            scheduled =
                try await search.time(of: kind, isWithinASecond: precision.isWithinASecond) ?? stretch.lowerBound
            explanation = try await opened.store.why(job, at: scheduled, now: now)
        }
        several = isAmbiguous ? occurrences : nil
        let told = Set(explanation.runs.map(\.id))
        others = runs.filter { !told.contains($0.id) }
    }

    /// Looks for the occurrence within a second or a part of one, or for what was asked for on a day or in a minute.
    private struct Search {
        let job: JobID
        let stretch: ClosedRange<Instant>
        /// The runs of the stretch, the earliest first.
        let runs: [Run]
        let store: any JobStore
        let now: Instant

        /// The time of the occurrence; `nil` if there is none.
        ///
        /// What the trigger named comes first, unless there is nothing to say of it but that its history is gone.
        func time(of kind: Occurrence.Kind?, isWithinASecond: Bool) async throws(CarillonError) -> Instant? {
            let asked = runs.map(\.id.occurrence).filter { [.manual, .backfill].contains($0.kind) }
            if let kind, let named = asked.first(where: { $0.kind == kind }) { return named.scheduled }
            let trigger = try await store.found(job, at: now)?.job.definition.trigger
            if trigger?.contains(stretch.lowerBound) == true, try await isToldOf(stretch.lowerBound) {
                return stretch.lowerBound
            }
            if let known = try await known { return known }
            let next = trigger?.next(after: stretch.lowerBound.advanced(byMicroseconds: -1))
            let named = next.flatMap { $0 <= stretch.upperBound ? $0 : nil }
            if let named, asked.isEmpty { return named }
            if let named, try await isToldOf(named) { return named }
            // On a day or in a minute several are none.
            if isWithinASecond || Set(asked.map(\.scheduled)).count == 1, let first = asked.first {
                return first.scheduled
            }
            return nil
        }

        /// The first time that has a run of the trigger or a reason.
        private var known: Instant? {
            get async throws(CarillonError) {
                let reasons = try await store.reasons(
                    job, from: stretch.lowerBound, through: stretch.upperBound, limit: 1000)
                let times =
                    runs.filter { $0.id.occurrence.kind == .scheduled }.map(\.id.occurrence.scheduled)
                    + reasons.flatMap { [$0.first, $0.last] }.filter { stretch.contains($0) }
                return times.min()
            }
        }

        private func isToldOf(_ time: Instant) async throws(CarillonError) -> Bool {
            switch try await store.why(job, at: time, now: now) {
            case .notScheduled, .unknown, .beforeJob: false
            default: true
            }
        }
    }
}

extension OccurrenceExplanation {
    /// The runs behind it.
    var runs: [Run] {
        switch self {
        case .ran(let runs): runs
        case .queued(let run): [run]
        default: []
        }
    }
}
#endif
