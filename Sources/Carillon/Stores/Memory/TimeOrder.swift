/// Numbers in the order of times, for times that mostly come in order and go from the front: both ends are reached without
/// looking at more than one row.
package struct TimeOrder: Sendable {
    private struct Row: Sendable {
        let time: Int64
        let number: UInt32

        static func < (left: Row, right: Row) -> Bool {
            left.time != right.time ? left.time < right.time : left.number < right.number
        }
    }

    private var rows: [Row] = []
    /// How many rows at the front have gone.
    private var gone = 0

    /// No numbers.
    package init() {}

    /// How many numbers there are.
    package var count: Int { rows.count - gone }

    /// The number with the earliest time.
    package var first: UInt32? { gone < rows.count ? rows[gone].number : nil }

    /// Puts a number in that is not there.
    package mutating func insert(_ number: UInt32, at time: Int64) {
        let row = Row(time: time, number: number)
        if count > 0, let last = rows.last, row < last {
            rows.insert(row, at: rows.firstIndex(from: gone, after: { $0 < row }))
        } else {
            rows.append(row)
        }
    }

    /// Takes a number out, by the time it was put in with.
    package mutating func remove(_ number: UInt32, at time: Int64) {
        let row = Row(time: time, number: number)
        let isFirst = gone < rows.count && rows[gone].number == number && rows[gone].time == time
        let index = isFirst ? gone : rows.firstIndex(from: gone, after: { $0 < row })
        guard index < rows.count, rows[index].number == number, rows[index].time == time else { return }
        guard index == gone else {
            _ = rows.remove(at: index)
            return
        }
        gone += 1
        if gone > 1000, 2 * gone > rows.count {
            rows.removeFirst(gone)
            gone = 0
        }
    }
}
