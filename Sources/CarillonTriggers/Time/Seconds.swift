/// Whole seconds since 1970-01-01T00:00:00Z.
package typealias UTCSeconds = Int64

/// What a wall clock shows, as the seconds that UTC would need to show the same: 1970-01-01T00:00:00 on the wall is 0
/// whatever the zone.
package typealias WallSeconds = Int64

package enum CivilLimits {
    /// 0001-01-01T00:00:00 on the wall.
    package static let firstWall: WallSeconds = -62_135_596_800
    /// 9999-12-31T23:59:59 on the wall, the last time RFC 3339 can write.
    package static let lastWall: WallSeconds = 253_402_300_799
    package static let secondsPerDay: Int64 = 86_400
}
