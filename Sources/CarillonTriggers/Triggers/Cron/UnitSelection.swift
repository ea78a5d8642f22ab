/// The numbers of one unit of time (hours, minutes, seconds) that a cron expression selects, at least one of them.
struct UnitSelection {
    enum Shape {
        case all
        case one(Int)
        /// Three numbers or more, each one above the one before.
        case range(Int, Int)
        /// Every so many, from a first one to the end of the unit.
        case every(Int, from: Int)
        case irregular
    }

    /// In ascending order.
    let values: [Int]
    let shape: Shape

    /// - Parameter size: How many numbers the unit has, counted from 0.
    init(_ bits: UInt64, size: Int) {
        values = (0..<size).filter { bits & (1 << UInt64($0)) != 0 }
        let first = values.first ?? 0
        let last = values.last ?? 0
        let step = values.count > 1 ? values[1] - first : 1
        let isRegular = zip(values, values.dropFirst()).allSatisfy { $1 - $0 == step }
        let reachesEnd = last + step >= size
        if values.count == size {
            shape = .all
        } else if values.count == 1 {
            shape = .one(first)
        } else if isRegular, step == 1, values.count >= 3 {
            shape = .range(first, last)
        } else if isRegular, step > 1, reachesEnd, values.count >= 3 || (first == 0 && size % step == 0) {
            shape = .every(step, from: first)
        } else {
            shape = .irregular
        }
    }

    /// The numbers in words: `1, 3 and 10 to 15`.
    var text: String { EnglishText.numbers(values.reduce(0) { $0 | 1 << UInt64($1) }, in: 0...63) }
}
