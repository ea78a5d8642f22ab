/// A field of a cron expression.
package enum CronFieldName: String, Sendable, Hashable, CaseIterable {
    /// 1970 to 9999.
    case year
    /// 1 to 12, or `jan` to `dec`.
    case month
    /// The day of the month, 1 to 31.
    case day
    /// The week of the ISO year, 1 to 53.
    case week
    /// 0 (Monday) to 6 (Sunday), or `mon` to `sun`.
    case dayOfWeek = "day_of_week"
    /// 0 to 23.
    case hour
    /// 0 to 59.
    case minute
    /// 0 to 59.
    case second

    /// The numbers the field may hold. Weekdays count from Monday, 0, as APScheduler's do.
    package var range: ClosedRange<Int> {
        switch self {
        case .year: 1970...9999
        case .month: 1...12
        case .day: 1...31
        case .week: 1...53
        case .dayOfWeek: 0...6
        case .hour: 0...23
        case .minute, .second: 0...59
        }
    }

    /// The names that stand for numbers, the first for the lowest one.
    var names: [String] {
        switch self {
        case .month: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        case .dayOfWeek: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        default: []
        }
    }
}

/// The text of one field of a cron trigger: a number, or one of APScheduler's expressions as a string.
public struct CronField: Hashable, Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    CustomStringConvertible
{
    /// The expression without blanks at its ends.
    public let description: String

    /// Takes an expression; it is checked when a trigger is made of it.
    public init(_ expression: String) {
        description = Array(expression.utf8)[...].trimmingBlanks.text
    }

    /// One number.
    public init(_ number: Int) { description = String(number) }

    /// One expression.
    public init(stringLiteral value: String) { self.init(value) }
    /// One number.
    public init(integerLiteral value: Int) { self.init(value) }

    /// Whether the expression begins with a star, which makes cron expressions follow elapsed time.
    var beginsWithStar: Bool { description.utf8.first == UInt8(ascii: "*") }
}
