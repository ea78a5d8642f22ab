#if Command
import Carillon
import CarillonTriggers

/// The occurrences of a job on a day or in a minute: those that its trigger names, and those that its history has by an
/// earlier one.
struct StretchOccurrences {
    /// So many times are told.
    static let mostTold = 5

    /// Those that are known.
    let times: [Instant]

    /// Whether there are more than are told: of a reason for many, only the first and the last are known.
    private let hasFurther: Bool

    /// The time that the date or the minute means: its first second if the job fires then, or its only time. Where it has
    /// several, all of them before the job was added, that is to be said of the first.
    let meant: Instant?

    private let isDay: Bool

    /// - Parameter isDay: Whether the stretch is a day, and no minute.
    init(
        of job: JobID, in stretch: ClosedRange<Instant>, isDay: Bool, _ opened: OpenedStore
    ) async throws(CarillonError) {
        let (start, last) = (stretch.lowerBound, stretch.upperBound)
        self.isDay = isDay
        let found = try await opened.store.found(job, at: SystemClock().now)?.job
        let isEarlier = found.map { last < $0.added } ?? false
        let history = try await Self.history(of: job, stretch, opened)
        var times = history.times
        // What happened before the job was added was a former one's.
        if !isEarlier || times.isEmpty {
            var time = start.advanced(byMicroseconds: -1)
            for _ in 0...Self.mostTold {
                guard let next = found?.definition.trigger.next(after: time), next <= last else { break }
                times.insert(next)
                time = next
            }
        }
        hasFurther =
            times.count > Self.mostTold
            || history.stretches.contains { stretch in
                times.count { stretch.first <= $0 && $0 <= stretch.last } < stretch.count
            }
        self.times = times.sorted()
        let isFirst = times.count == 1 || (isEarlier && history.times.isEmpty)
        let begins = self.times.first.map { $0 <= start.advanced(byMicroseconds: 999_999) } ?? false
        meant = begins || isFirst ? self.times.first : nil
    }

    /// The times that have runs or reasons, and the reasons that begin and end in the stretch. Runs that somebody asked
    /// for, or that another's failure did, are at no time of a trigger.
    private static func history(
        of job: JobID, _ stretch: ClosedRange<Instant>, _ opened: OpenedStore
    ) async throws(CarillonError) -> (times: Set<Instant>, stretches: [ReasonRange]) {
        var filter = RunFilter()
        filter.job = job
        filter.scheduled = stretch
        filter.kind = .scheduled
        let runs = try await opened.store.runs(filter, page: Page(limit: 1000))
        let reasons = try await opened.store.reasons(
            job, from: stretch.lowerBound, through: stretch.upperBound, limit: 1000)
        let ends = reasons.flatMap { [$0.first, $0.last] }.filter { stretch.contains($0) }
        let stretches = reasons.filter { stretch.contains($0.first) && stretch.contains($0.last) }
        return (Set(runs.map(\.id.occurrence.scheduled) + ends), stretches)
    }

    /// What is said where no single time is meant: `; on that day it fires at …: give one of these times`.
    func words(in zone: Zone) -> String {
        let told = times.prefix(Self.mostTold).map { Instant(seconds: $0.flooredSeconds).formatted(in: zone) }
        let further = hasFurther ? ["further times"] : []
        return "; \(isDay ? "on that day" : "in that minute") it fires at \(EnglishText.list(told + further, "and")): "
            + "give one of these times"
    }
}
#endif
