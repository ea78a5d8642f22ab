#if os(Linux)
private import CWorkers
import Foundation
import Synchronization

/// A worker's end of the connection to its pool.
final class WorkerChannel: Sendable {
    private let descriptor: Int32
    /// Frames of several threads must not be mixed.
    private let lock = Mutex(())

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Sends a report.
    func send(_ report: WorkerReport, _ number: UInt32 = 0) {
        var frames = FrameWriter()
        report.write(number, to: &frames)
        send(frames)
    }

    /// The exit status of a worker that could not report.
    private static let cannotReport: Int32 = 69

    /// Sends frames. Without a connection the process is of no use any more, and ends.
    func send(_ frames: FrameWriter) {
        lock.withLock { _ in
            frames.bytes.withUnsafeBytes { bytes in
                var rest = bytes[...]
                while !rest.isEmpty {
                    let part = UnsafeRawBufferPointer(rebasing: rest)
                    let sent = worker_send(descriptor, part.baseAddress, Int64(part.count), 1)
                    guard sent > 0 else { _exit(Self.cannotReport) }
                    rest = rest.dropFirst(Int(sent))
                }
            }
        }
    }

    /// Waits for bytes, and appends them.
    ///
    /// - Returns: `false` if there is no pool any more.
    func receive(into buffer: inout FrameBuffer) -> Bool {
        var block = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(descriptor, &block, block.count)
        if count < 0 {
            if errno == EINTR { return true }
            _exit(Self.cannotReport)
        }
        block.withUnsafeBytes { buffer.append(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        return count > 0
    }
}
#endif
