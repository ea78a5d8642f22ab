#if Command
import Carillon
import CarillonTriggers

/// What people call a run: its job, its scheduled time, its kind where that is not `scheduled`, and its attempt from the
/// second on, such as `backup/2026-11-23T02:30+01:00`, `backup/2026-11-23T09:12:07+01:00/manual` and
/// `backup/2026-11-23T02:30+01:00/2`.
///
/// The time may be cut to a day, a minute, a second or a part of one, and then means the only run of that stretch.
struct RunName {
    let job: JobID
    /// The time as it was given.
    let moment: Moment
    /// What is given of it.
    let precision: TimePrecision
    /// Nothing where no kind is given: a scheduled run, or one of any kind where there is none.
    let kind: Occurrence.Kind?
    let attempt: Int

    /// Reads a name; `nil` if the text is none. A job id may have slashes.
    init?(_ text: String) {
        var parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        var attempt = 1
        if let last = parts.last, let number = Int(last), number >= 1, String(number) == last {
            attempt = number
            parts.removeLast()
        }
        let kind = parts.last.flatMap { try? RunKind.read($0) }
        if kind != nil { parts.removeLast() }
        guard let time = parts.popLast(), let moment = Moment(time), let precision = TimePrecision(of: time),
            let job = try? JobID(parts.joined(separator: "/"))
        else { return nil }
        self.job = job
        self.moment = moment
        self.precision = precision
        self.kind = kind
        self.attempt = attempt
    }

    /// The time that is meant first of all.
    ///
    /// - Parameter zone: That of a time without an offset.
    func time(in zone: Zone) -> Instant { moment.instant(in: zone) }

    /// All times that may be meant.
    func stretch(in zone: Zone) -> ClosedRange<Instant> { precision.stretch(of: moment, in: zone) }

    /// The runs that are meant, of those of the stretch: such as are of that very time come before others, and scheduled
    /// ones before others where no kind is given.
    func meant(of runs: [Run.ID], in zone: Zone) -> [Run.ID] {
        let stretch = stretch(in: zone)
        var meant = runs.filter {
            $0.attempt == attempt && stretch.contains($0.occurrence.scheduled) && $0.occurrence.job == job
                && (kind == nil || $0.occurrence.kind == kind)
        }
        let time = time(in: zone)
        for isPreferred in [
            { (run: Run.ID) in run.occurrence.scheduled == time },
            { (run: Run.ID) in run.occurrence.kind == .scheduled },
        ] where meant.contains(where: isPreferred) {
            meant = meant.filter(isPreferred)
        }
        return meant
    }
}

extension Run.ID {
    /// Texts that name the run, the shortest first; each but the last may name others as well, and the last is the id.
    ///
    /// - Parameters:
    ///   - zone: That of the times.
    ///   - isLasting: Whether only those are wanted that name no other run when somebody asks for one in the same second.
    func names(in zone: Zone, isLasting: Bool = false) -> [String] {
        let short = isLasting && occurrence.kind != .scheduled ? [] : [name(in: zone, isExact: false)]
        return short + [name(in: zone, isExact: true), description]
    }

    /// A text that names the run, with the time to the second or as it is.
    func name(in zone: Zone, isExact: Bool) -> String {
        let scheduled = occurrence.scheduled
        let second = Instant(seconds: scheduled.flooredSeconds)
        var time = (isExact ? scheduled : second).formatted(in: zone)
        // Of a whole minute the seconds, behind ten characters and six, say nothing.
        if scheduled == second, time.dropFirst(16).hasPrefix(":00") {
            time = String(time.prefix(16) + time.dropFirst(19))
        }
        let kind = occurrence.kind == .scheduled ? "" : "/\(occurrence.kind.rawValue)"
        return "\(occurrence.job)/\(time)\(kind)\(attempt > 1 ? "/\(attempt)" : "")"
    }
}
#endif
