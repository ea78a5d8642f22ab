internal import CarillonTriggers

/// Numbers that are used in calculations. Values outside these limits were not written by Carillon, and would overflow
/// in additions or when multiplied by a thousand.
extension SQLRow {
    /// Reads a version, a fence or a count.
    ///
    /// - Parameters:
    ///   - name: The name of the column in an error.
    ///   - least: The minimum.
    func count(_ column: Int, _ name: String, from least: Int64 = 0) throws(UnreadableRow) -> Int64 {
        let number = try integer(column)
        guard number >= least, number <= Self.greatestCount else {
            throw UnreadableRow("\(name) is \(number), not \(least) to \(Self.greatestCount)")
        }
        return number
    }

    /// Reads a time, in microseconds since 1970.
    func instant(_ column: Int, _ name: String) throws(UnreadableRow) -> Instant {
        let number = try integer(column)
        let instant = Instant(microseconds: number)
        guard instant.microseconds == number else {
            throw UnreadableRow("\(name) is \(number), which is no time from year 1 to 9999")
        }
        return instant
    }

    /// Reads a time, or `nil` if the column is NULL.
    func optionalInstant(_ column: Int, _ name: String) throws(UnreadableRow) -> Instant? {
        isNull(column) ? nil : try instant(column, name)
    }

    /// 2^52: more than any store counts up to.
    private static var greatestCount: Int64 { 4_503_599_627_370_496 }
}
