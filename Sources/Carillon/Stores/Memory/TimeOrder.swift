/// Numbers in the order of times that are mostly inserted in order and removed from the front: either is done without
/// visiting more than one row.
package struct TimeOrder: Sendable {
    private struct Row: Sendable {
        let time: Int64
        let number: UInt32

        static func < (left: Row, right: Row) -> Bool {
            left.time != right.time ? left.time < right.time : left.number < right.number
        }
    }

    private var rows: [Row] = []
    /// The number of removed rows at the front.
    private var gone = 0

    /// Creates an empty collection.
    package init() {}

    /// The number of elements.
    package var count: Int { rows.count - gone }

    /// The number with the earliest time.
    package var first: UInt32? { gone < rows.count ? rows[gone].number : nil }

    /// Inserts a number that is not in the collection.
    package mutating func insert(_ number: UInt32, at time: Int64) {
        let row = Row(time: time, number: number)
        if count > 0, let last = rows.last, row < last {
            rows.insert(row, at: rows.firstIndex(from: gone, after: { $0 < row }))
        } else {
            rows.append(row)
        }
    }

    /// Removes a number, by the time it was inserted with.
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
