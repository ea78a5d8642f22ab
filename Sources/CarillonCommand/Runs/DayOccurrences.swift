import Carillon
import CarillonTriggers

/// The occurrences of a job on a day: those that its trigger names, and those that its history has by an earlier one.
struct DayOccurrences {
    /// So many times are told.
    static let mostTold = 5

    /// Those that are known.
    let times: [Instant]

    /// Whether there are more than are told: of a reason for many, only the first and the last are known.
    private let hasFurther: Bool

    /// The time that a date means: midnight if the job fires then, or its only time of that day. Where it has several,
    /// all of them before it was added, that is to be said of the first.
    let meant: Instant?

    /// - Parameter date: A date alone.
    init(of job: JobID, on date: Moment, in zone: Zone, _ opened: OpenedStore) async throws(CarillonError) {
        let midnight = date.instant(in: zone)
        let next = Moment(wall: date.wall + 86_400, hasTime: false).instant(in: zone)
        let last = next.advanced(byMicroseconds: -1)
        let found = try await opened.store.found(job, at: SystemClock().now)?.job
        let isEarlier = found.map { last < $0.added } ?? false
        let history = try await Self.history(of: job, midnight...last, opened)
        var times = history.times
        // What happened before the job was added was a former one's.
        if !isEarlier || times.isEmpty {
            var time = midnight.advanced(byMicroseconds: -1)
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
        meant = times.contains(midnight) ? midnight : isFirst ? self.times.first : nil
    }

    /// The times that have runs or reasons, and the reasons that begin and end on the day. Runs that somebody asked for, or
    /// that another's failure did, are at no time of a trigger.
    private static func history(
        of job: JobID, _ day: ClosedRange<Instant>, _ opened: OpenedStore
    ) async throws(CarillonError) -> (times: Set<Instant>, stretches: [ReasonRange]) {
        var filter = RunFilter()
        filter.job = job
        filter.scheduled = day
        filter.kind = .scheduled
        let runs = try await opened.store.runs(filter, page: Page(limit: 1000))
        let reasons = try await opened.store.reasons(job, from: day.lowerBound, through: day.upperBound, limit: 1000)
        let ends = reasons.flatMap { [$0.first, $0.last] }.filter { day.contains($0) }
        let stretches = reasons.filter { day.contains($0.first) && day.contains($0.last) }
        return (Set(runs.map(\.id.occurrence.scheduled) + ends), stretches)
    }

    /// What is said where no single time is meant: `; on that day it fires at …: give one of these times`.
    func words(in zone: Zone) -> String {
        let told = times.prefix(Self.mostTold).map { Instant(seconds: $0.flooredSeconds).formatted(in: zone) }
        let further = hasFurther ? ["further times"] : []
        return "; on that day it fires at \(EnglishText.list(told + further, "and")): give one of these times"
    }
}
