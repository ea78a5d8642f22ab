internal import CarillonTriggers

/// Numbers that are calculated with. Whatever lies outside these limits was not written by Carillon, and would overflow
/// where something is added to it or multiplied by a thousand.
extension SQLRow {
    /// A version, a fence or a count.
    ///
    /// - Parameters:
    ///   - name: What the column is called in an error.
    ///   - least: The least that it may be.
    func count(_ column: Int, _ name: String, from least: Int64 = 0) throws(UnreadableRow) -> Int64 {
        let number = try integer(column)
        guard number >= least, number <= Self.greatestCount else {
            throw UnreadableRow("\(name) is \(number), not \(least) to \(Self.greatestCount)")
        }
        return number
    }

    /// A time, in microseconds since 1970.
    func instant(_ column: Int, _ name: String) throws(UnreadableRow) -> Instant {
        let number = try integer(column)
        let instant = Instant(microseconds: number)
        guard instant.microseconds == number else {
            throw UnreadableRow("\(name) is \(number), which is no time from year 1 to 9999")
        }
        return instant
    }

    /// A time, or nothing where the column is null.
    func optionalInstant(_ column: Int, _ name: String) throws(UnreadableRow) -> Instant? {
        isNull(column) ? nil : try instant(column, name)
    }

    /// 2^52: more than any store counts up to.
    private static var greatestCount: Int64 { 4_503_599_627_370_496 }
}
