/// The distance between two dates of a calendar interval as it was given, by unit. The numbers are checked when a trigger
/// is made of them.
struct CalendarLength: Hashable, Sendable {
    /// 0 or more.
    var years = 0
    /// 0 or more; not held to 12.
    var months = 0
    /// 0 or more.
    var weeks = 0
    /// 0 or more.
    var days = 0
}
