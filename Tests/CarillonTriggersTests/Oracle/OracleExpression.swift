import CarillonTriggers

/// A cron expression with what it selects, said without the library's parser, and the fire times that follow from the
/// rule for clock changes, found by looking at every selected wall time.
struct OracleExpression: Sendable {
    /// The expression as the library reads it.
    let source: CronSource
    /// Seconds after midnight, ascending.
    let timesOfDay: [Int]
    let selectsDay: @Sendable (OracleDay) -> Bool
    /// Whether hour, minute or second begin with a star.
    let followsElapsedTime: Bool

    init(
        _ source: CronSource,
        hours: some Sequence<Int>,
        minutes: some Sequence<Int>,
        seconds: some Sequence<Int> = [0],
        followsElapsedTime: Bool,
        days: @escaping @Sendable (OracleDay) -> Bool = { _ in true }
    ) {
        self.source = source
        var times: Set<Int> = []
        for hour in hours {
            for minute in minutes {
                for second in seconds { times.insert(hour * 3600 + minute * 60 + second) }
            }
        }
        timesOfDay = times.sorted()
        selectsDay = days
        self.followsElapsedTime = followsElapsedTime
    }

    /// Every fire time of a span of time, both ends included.
    func fireTimes(
        in zone: OracleZone,
        from first: Int,
        through last: Int,
        gap: GapPolicy = .once,
        fold: FoldPolicy = .first
    ) -> [Int] {
        // What lies close by counts too, since a skipped wall time fires after its gap.
        let pieces = zone.pieces(from: first - 200_000, through: last + 200_000)
        let offsets = zone.pieces(from: first, through: last).map(\.offset)
        let near = zone.pieces(from: first - 100_000, through: last + 100_000).map(\.offset)
        let widest = (near.max() ?? 0) - (near.min() ?? 0)
        let firstWall = first + (offsets.min() ?? 0) - widest
        let lastWall = last + (offsets.max() ?? 0) + widest
        var fireTimes: [Int] = []
        for day in floorDivide(firstWall, 86_400)...floorDivide(lastWall, 86_400) where selectsDay(OracleCalendar[day])
        {
            let midnight = day * 86_400
            var index = timesOfDay.partitioningIndex { midnight + $0 >= firstWall }
            while index < timesOfDay.count, midnight + timesOfDay[index] <= lastWall {
                addFireTimes(ofWall: midnight + timesOfDay[index], pieces, gap, fold, to: &fireTimes)
                index += 1
            }
        }
        fireTimes = fireTimes.filter { $0 >= first && $0 <= last }.sorted()
        var distinct: [Int] = []
        for time in fireTimes where time != distinct.last { distinct.append(time) }
        return distinct
    }

    private func addFireTimes(
        ofWall wall: Int,
        _ pieces: ArraySlice<OracleZone.Piece>,
        _ gap: GapPolicy,
        _ fold: FoldPolicy,
        to fireTimes: inout [Int]
    ) {
        var shown = false
        for piece in pieces where wall - piece.offset >= piece.start && wall - piece.offset < piece.end {
            if shown, !followsElapsedTime, fold == .first { continue }
            shown = true
            fireTimes.append(wall - piece.offset)
        }
        if shown || followsElapsedTime || gap == .skip { return }
        for (before, after) in zip(pieces, pieces.dropFirst()) {
            // The gap between two stretches: the one ends before the wall time, the other begins behind it.
            if wall - before.offset >= before.end, wall - after.offset < after.start {
                fireTimes.append(gap == .once ? after.start : wall - before.offset)
            }
        }
    }
}

extension Array {
    /// The first index whose element is in the second part, where the first part comes first.
    func partitioningIndex(where isInSecondPart: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if isInSecondPart(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
