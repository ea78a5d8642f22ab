#if Command
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Reads lines from a file descriptor, holding no more than one of them and one block in memory.
struct LineReader {
    enum Line: Equatable {
        /// The bytes of the line without its line feed.
        case complete([UInt8])
        /// A line that was longer than allowed; it has been passed over up to its line feed.
        case tooLong
    }

    private let descriptor: Int32
    private var block = [UInt8](repeating: 0, count: 1 << 16)
    private var unread = 0..<0

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// The next line, or nothing at the end of the input; a last line needs no line feed.
    ///
    /// - Parameters:
    ///   - maximumLength: The most bytes a line may have.
    ///   - beforeWaiting: Called before the input is asked for more, which may wait for ever.
    mutating func next(
        maximumLength: Int,
        beforeWaiting: () throws(POSIXFailure) -> Void
    ) throws(POSIXFailure) -> Line? {
        var line: [UInt8] = []
        var isTooLong = false
        var hasStarted = false
        while true {
            if unread.isEmpty {
                try beforeWaiting()
                guard try fill() else { return hasStarted ? (isTooLong ? .tooLong : .complete(line)) : nil }
            }
            hasStarted = true
            let end = block[unread].firstIndex(of: UInt8(ascii: "\n"))
            let part = block[unread.lowerBound..<(end ?? unread.upperBound)]
            if line.count + part.count > maximumLength { isTooLong = true } else { line += part }
            if let end {
                unread = (end + 1)..<unread.upperBound
                return isTooLong ? .tooLong : .complete(line)
            }
            unread = 0..<0
        }
    }

    /// False at the end of the input.
    private mutating func fill() throws(POSIXFailure) -> Bool {
        while true {
            let count = block.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                unread = 0..<count
                return count > 0
            }
            guard errno == EINTR else { throw POSIXFailure.last("reading the input") }
        }
    }
}
#endif
