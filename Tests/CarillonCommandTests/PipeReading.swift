#if Command
import Foundation

/// Reading that goes on after a signal, as the end of a child sends one: `availableData` and `readDataToEndOfFile` would
/// end the process.
extension FileHandle {
    /// What can be read next; nothing at the end.
    func next() throws -> Data {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = readBytes(fileDescriptor, &bytes)
            if count >= 0 { return Data(bytes.prefix(count)) }
            if errno != EINTR { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        }
    }

    /// All that can be read, up to the end.
    func rest() throws -> Data {
        var data = Data()
        while true {
            let more = try next()
            if more.isEmpty { return data }
            data += more
        }
    }
}

/// read(2), which the methods of a handle would hide.
private func readBytes(_ descriptor: Int32, _ bytes: inout [UInt8]) -> Int { read(descriptor, &bytes, bytes.count) }
#endif
