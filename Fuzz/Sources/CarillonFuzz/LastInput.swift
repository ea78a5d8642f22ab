import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Holds the input that is being tried in a file that outlives a crash: a mapping that the system writes back whatever
/// becomes of the process, since writing the file anew each time would take longer than the trial.
final class LastInput {
    private static let capacity = 1 << 20

    let path: String
    private let memory: UnsafeMutableRawBufferPointer

    init?(path: String) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC, 0o644)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard ftruncate(descriptor, off_t(Self.capacity)) == 0,
            let start = mmap(nil, Self.capacity, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), start != MAP_FAILED
        else { return nil }
        self.path = path
        memory = UnsafeMutableRawBufferPointer(start: start, count: Self.capacity)
    }

    deinit { munmap(memory.baseAddress, memory.count) }

    /// Puts an input in: its length as a line of 16 characters, then its bytes.
    func hold(_ bytes: [UInt8]) {
        let kept = bytes.prefix(memory.count - 16)
        let digits = String(kept.count)
        let length = String(repeating: " ", count: 15 - digits.count) + digits + "\n"
        memory.copyBytes(from: Array(length.utf8))
        UnsafeMutableRawBufferPointer(rebasing: memory[16...]).copyBytes(from: kept)
    }

    /// Reads back what a process has left in such a file; any other file is an input itself.
    static func bytes(ofFile path: String) -> [UInt8]? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        let bytes = [UInt8](data)
        guard bytes.count == capacity, bytes[15] == 0x0A,
            let length = Int(String(decoding: bytes[..<15], as: UTF8.self).trimmingCharacters(in: .whitespaces)),
            length <= capacity - 16
        else { return bytes }
        return Array(bytes[16..<(16 + length)])
    }
}
