#if Command
import CarillonTriggers

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Collects output for a file descriptor and writes it in blocks.
struct OutputBuffer {
    private static let blockSize = 1 << 16

    private let descriptor: Int32
    private var bytes: [UInt8] = []

    init(descriptor: Int32) {
        self.descriptor = descriptor
        bytes.reserveCapacity(2 * Self.blockSize)
    }

    /// Writes a text to standard output and ends its line.
    static func print(_ text: String) throws(POSIXFailure) {
        var output = OutputBuffer(descriptor: 1)
        output.append(text + "\n")
        try output.flush()
    }

    mutating func append(_ text: String) { bytes += text.utf8 }

    mutating func append(_ text: [UInt8]) { bytes += text }

    mutating func append(_ json: JSONValue) { json.write(to: &bytes) }

    mutating func flushIfFull() throws(POSIXFailure) {
        if bytes.count >= Self.blockSize { try flush() }
    }

    mutating func flush() throws(POSIXFailure) {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                written += count
            } else if errno != EINTR {
                throw POSIXFailure.last("writing the output")
            }
        }
        bytes.removeAll(keepingCapacity: true)
    }
}
#endif
