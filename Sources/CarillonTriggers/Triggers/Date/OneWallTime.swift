/// A single wall time: what a date without an offset selects.
struct OneWallTime: WallPattern {
    let wall: WallSeconds

    func next(atOrAfter other: WallSeconds) -> WallSeconds? { wall >= other ? wall : nil }

    func previous(atOrBefore other: WallSeconds) -> WallSeconds? { wall <= other ? wall : nil }

    func count(from first: WallSeconds, through last: WallSeconds) -> Int { first <= wall && wall <= last ? 1 : 0 }
}
