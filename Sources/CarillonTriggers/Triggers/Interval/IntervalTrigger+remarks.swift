extension IntervalTrigger {
    func remarks(after time: Instant) -> [String] {
        let twoYears: Int64 = 2 * 366 * 86_400 * 1_000_000
        let (anchored, zone) = (Trigger(anchored(at: time)), parameters.zone)
        let isDue = anchored.previous(before: time.advanced(byMicroseconds: 1)) != nil
        // The change comes between two of its fire times.
        guard (period ?? 1) % 86_400_000_000 == 0, let first = isDue ? time : anchored.next(after: time),
            let change = zone.nextClockChange(after: first),
            change.instant <= time.advanced(byMicroseconds: twoYears), anchored.next(after: change.instant) != nil
        else { return [] }
        return [
            "an interval counts elapsed time, a day as 24 hours: when clocks change (\(zone.identifier)), its time of "
                + "day moves; calendarinterval keeps the time of day"
        ]
    }
}
