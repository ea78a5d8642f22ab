#if Command
import Foundation

/// A file that a command reads as a whole; `-` is standard input.
struct InputFile {
    let path: String

    /// What the file is called in errors.
    var name: String { path == "-" ? "standard input" : path }

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// Its bytes, without the byte order mark that some editors put before UTF-8.
    ///
    /// - Throws: `CommandFailure`: `missingFile` where it cannot be opened, `badInput` where it is longer than `limit`.
    func bytes(limit: Int) throws(CommandFailure) -> [UInt8] {
        let descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CommandFailure(.missingFile, "\(POSIXFailure.last(name))") }
        defer { if descriptor != 0 { close(descriptor) } }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = block.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return bytes.starts(with: Self.byteOrderMark) ? Array(bytes.dropFirst(3)) : bytes }
            if count < 0 {
                guard errno == EINTR else { throw CommandFailure(POSIXFailure.last(name)) }
                continue
            }
            bytes += block.prefix(count)
            guard bytes.count <= limit else {
                throw CommandFailure(.badInput, "\(name): is longer than \(limit) bytes")
            }
        }
    }
}
#endif
