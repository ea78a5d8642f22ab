extension Zone {
    /// A moment at which the clocks of a zone are set to another time.
    public struct ClockChange: Hashable, Sendable, CustomStringConvertible {
        /// The zone whose clocks are set.
        public let zone: Zone
        /// When it happens.
        public let instant: Instant
        /// Seconds east of UTC before it.
        public let offsetBefore: Int
        /// Seconds east of UTC after it.
        public let offsetAfter: Int

        /// `Sunday 28 March 2027: the clock goes from 02:00 to 03:00`.
        public var description: String {
            let seconds = instant.flooredSeconds
            let before = seconds + Int64(offsetBefore)
            let after = seconds + Int64(offsetAfter)
            return "\(EnglishText.date(before)): \(EnglishText.clockChange(from: before, to: after))"
        }
    }

    /// The first clock change after a time; `nil` if the zone has none left up to the end of the year 9999.
    public func nextClockChange(after time: Instant) -> ClockChange? {
        let index = rules.index(at: time.flooredSeconds)
        guard rules.hasSegment(after: index) else { return nil }
        let next = rules.segment(index + 1)
        // The rules go on for ever, the calendar does not.
        guard max(rules.segment(index).wallEnd, next.wallStart) <= CivilLimits.lastWall else { return nil }
        return ClockChange(
            zone: self,
            instant: Instant(seconds: next.start),
            offsetBefore: Int(rules.segment(index).offset),
            offsetAfter: Int(next.offset)
        )
    }
}
