#if Command
package import Carillon

/// What of a run's output is new since the look before.
package struct RunOutput {
    /// Some output, in the order in which it was written.
    package struct Part {
        /// How many bytes before it are not kept any more; nothing where nobody knows whether and how many.
        package let lost: Int?
        package let bytes: [UInt8]
    }

    /// The fence of the take whose output is read: where a run is taken anew, its output begins anew.
    private var fence: Int64?
    /// How many bytes have been read, and the end of what the store had of them.
    private var read = 0
    private var tail: [UInt8] = []
    /// The beginning of a character whose end is still to come.
    private var unfinished: [UInt8] = []

    /// Nothing has been read yet.
    package init() {}

    /// What the run has written since it was last looked at; characters are whole while it runs.
    package mutating func part(of run: Run) -> Part? {
        if run.fence != fence {
            fence = run.fence
            read = 0
            tail = []
            unfinished = []
        }
        let part = run.isOpen ? running(run) : ended(run)
        var bytes = unfinished + part.bytes
        unfinished = run.isOpen ? Self.unfinishedEnd(of: bytes) : []
        bytes.removeLast(unfinished.count)
        return bytes.isEmpty && part.lost == 0 ? nil : Part(lost: part.lost, bytes: bytes)
    }

    private mutating func running(_ run: Run) -> Part {
        guard let log = run.log, let written = run.written, written > read else { return Part(lost: 0, bytes: []) }
        let first = written - log.count
        let lost = max(0, first - read)
        let bytes = log.dropFirst(max(0, read - first))
        read = written
        tail = log
        return Part(lost: lost, bytes: Array(bytes))
    }

    /// How much a run has written in all is not known any more once it has ended; where its log was cut, it is found by
    /// what both have.
    private func ended(_ run: Run) -> Part {
        let log = run.log ?? []
        // A log that was cut begins with a whole character.
        guard log.count > Run.payloadLimit - 4 else { return Part(lost: 0, bytes: Array(log.dropFirst(read))) }
        let known = Self.overlap(end: tail, beginning: log)
        return Part(lost: known > 0 ? 0 : nil, bytes: Array(log.dropFirst(known)))
    }

    /// The most bytes at the end of one text that are the beginning of another, by the table of Knuth, Morris and Pratt.
    package static func overlap(end text: [UInt8], beginning pattern: [UInt8]) -> Int {
        guard !pattern.isEmpty else { return 0 }
        var borders = [Int](repeating: 0, count: pattern.count)
        func longer(_ length: Int, by byte: UInt8) -> Int {
            var length = length
            while length == pattern.count || pattern[length] != byte {
                if length == 0 { return 0 }
                length = borders[length - 1]
            }
            return length + 1
        }
        for index in pattern.indices.dropFirst() { borders[index] = longer(borders[index - 1], by: pattern[index]) }
        return text.reduce(0) { longer($0, by: $1) }
    }

    /// The bytes at the end that may become a character.
    private static func unfinishedEnd(of bytes: [UInt8]) -> [UInt8] {
        for count in 1...3 where count <= bytes.count {
            let byte = bytes[bytes.count - count]
            if byte & 0xC0 == 0x80 { continue }
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
            return length > count ? Array(bytes.suffix(count)) : []
        }
        return []
    }
}
#endif
