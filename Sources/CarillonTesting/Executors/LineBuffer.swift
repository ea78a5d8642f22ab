/// Bytes that come in pieces, as lines.
struct LineBuffer {
    private var bytes: [UInt8] = []

    /// Adds what has come, and returns the lines that are complete, without their ends.
    mutating func add(_ new: [UInt8]) -> [[UInt8]] {
        bytes += new
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
        bytes = lines.removeLast()
        return lines
    }
}
