/// The open runs of a job during planning: those of the snapshot, then those that the plan adds.
///
/// Most jobs have none or one, and some have thousands: a run is found by linear search while there are few.
struct OpenRuns {
    private var runs: [Run]
    private let oldCount: Int
    /// The changed runs of the snapshot: a bit for each of the first, and the positions of the rest.
    private var changedFirst: UInt64 = 0
    private var changedOthers: Set<Int> = []
    private var positions: [Run.ID: Int]?

    /// The number of ready or running runs.
    private(set) var instanceCount = 0
    /// The number of waiting runs.
    private(set) var waitingCount = 0

    private static let shortRow = 16
    /// The position of the only run, allocated once.
    private static let first = [0]

    init(_ open: [Run]) {
        runs = open
        oldCount = open.count
        for run in open { count(run, 1) }
    }

    private mutating func count(_ run: borrowing Run, _ step: Int) {
        if run.isInstance { instanceCount += step } else if run.isWaiting { waitingCount += step }
    }

    /// Returns the position of a run; `nil` if it is not there.
    mutating func position(of id: Run.ID) -> Int? {
        if runs.count <= Self.shortRow { return runs.indices.first { runs[$0].id == id } }
        if let positions { return positions[id] }
        let made = Dictionary(zip(runs.map(\.id), runs.indices)) { first, _ in first }
        positions = made
        return made[id]
    }

    /// The run at a position.
    subscript(position: Int) -> Run { runs[position] }

    /// Changes the run at a position.
    mutating func update(_ position: Int, _ change: (inout Run) -> Void) {
        count(runs[position], -1)
        change(&runs[position])
        count(runs[position], 1)
        guard position < oldCount else { return }
        if position < UInt64.bitWidth { changedFirst |= 1 << position } else { changedOthers.insert(position) }
    }

    /// Adds a run, and returns its position.
    @discardableResult
    mutating func append(_ run: Run) -> Int {
        positions?[run.id] = runs.count
        runs.append(run)
        count(run, 1)
        return runs.count - 1
    }

    /// Returns the positions of the runs that meet a condition, the oldest first, up to a limit.
    func oldest(_ limit: Int = .max, where isWanted: (borrowing Run) -> Bool) -> [Int] {
        guard limit > 0 else { return [] }
        let found = runs.withUnsafeBufferPointer { runs in
            runs.count == 1 ? isWanted(runs[0]) ? Self.first : [] : runs.indices.filter { isWanted(runs[$0]) }
        }
        if found.count <= 1 { return found }
        if limit == 1 { return found.min { Run.isBefore(runs[$0], runs[$1]) }.map { [$0] } ?? [] }
        return Array(found.sorted { Run.isBefore(runs[$0], runs[$1]) }.prefix(limit))
    }

    /// Whether a run meets a condition; `false` if the condition is `nil`.
    func contains(where isWanted: ((Run) -> Bool)?) -> Bool { isWanted.map { runs.contains(where: $0) } ?? false }

    /// The runs that were changed or added.
    var changed: [Run] {
        // Most jobs have at most one run.
        if oldCount == 0 || (runs.count == 1 && changedFirst == 1) { return runs }
        return runs.indices.filter { $0 >= oldCount || isChanged($0) }.map { runs[$0] }
    }

    private func isChanged(_ position: Int) -> Bool {
        position < UInt64.bitWidth ? changedFirst & 1 << position != 0 : changedOthers.contains(position)
    }
}
