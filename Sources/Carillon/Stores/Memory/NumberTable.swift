/// A hash table of numbers whose keys are stored by the owner: 8 bytes a cell, 1.15 to 2.3 cells a number.
///
/// Open addressing with linear probing; a removal shifts the following cells back, so that there are no tombstones.
package struct NumberTable: Sendable {
    /// The upper half of a cell is the upper half of the hash, the lower half is the number.
    private var cells: [UInt64]
    private var shift: UInt64
    private var count = 0

    private static let empty = UInt64.max

    /// Creates an empty table.
    package init() {
        cells = Array(repeating: Self.empty, count: 16)
        shift = 64 - 4
    }

    /// Returns the number with this hash for which `matches` returns `true`.
    package func find(hash: Int, where matches: (UInt32) -> Bool) -> UInt32? {
        let key = Self.mixed(hash)
        var index = home(key)
        while cells[index] != Self.empty {
            let cell = cells[index]
            if cell >> 32 == key >> 32, matches(UInt32(truncatingIfNeeded: cell)) {
                return UInt32(truncatingIfNeeded: cell)
            }
            index = (index + 1) & (cells.count - 1)
        }
        return nil
    }

    /// Inserts a number that is not in the table; `UInt32.max` is not allowed.
    package mutating func insert(_ number: UInt32, hash: Int) {
        if count * 8 >= cells.count * 7 { grow() }
        place(Self.cell(number, hash))
        count += 1
    }

    /// Removes a number, if it is in the table.
    package mutating func remove(_ number: UInt32, hash: Int) {
        let wanted = Self.cell(number, hash)
        var hole = home(wanted)
        while cells[hole] != wanted {
            guard cells[hole] != Self.empty else { return }
            hole = (hole + 1) & (cells.count - 1)
        }
        count -= 1
        var index = hole
        while true {
            index = (index + 1) & (cells.count - 1)
            guard cells[index] != Self.empty else { break }
            // A cell may move into the hole if its home does not lie between the hole and itself.
            let distance = (index - home(cells[index])) & (cells.count - 1)
            if distance >= (index - hole) & (cells.count - 1) {
                cells[hole] = cells[index]
                hole = index
            }
        }
        cells[hole] = Self.empty
    }

    private mutating func place(_ cell: UInt64) {
        var index = home(cell)
        while cells[index] != Self.empty { index = (index + 1) & (cells.count - 1) }
        cells[index] = cell
    }

    private mutating func grow() {
        let old = cells
        cells = Array(repeating: Self.empty, count: old.count * 2)
        shift -= 1
        for cell in old where cell != Self.empty { place(cell) }
    }

    private static func cell(_ number: UInt32, _ hash: Int) -> UInt64 {
        mixed(hash) & 0xFFFF_FFFF_0000_0000 | UInt64(number)
    }

    /// Returns the preferred index of a cell: the first bits of its hash.
    private func home(_ cell: UInt64) -> Int { Int(truncatingIfNeeded: cell >> shift) }

    /// Mixes all bits of a hash into its upper half, the only one that is stored; never returns the upper half of
    /// `empty`.
    private static func mixed(_ hash: Int) -> UInt64 {
        let product = UInt64(bitPattern: Int64(hash)) &* 0x9E37_79B9_7F4A_7C15
        return product >> 32 == 0xFFFF_FFFF ? product ^ (1 << 63) : product
    }
}
