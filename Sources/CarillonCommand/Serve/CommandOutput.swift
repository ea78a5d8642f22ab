import Foundation

/// Carries what commands write to the output of the server, and knows whether that output stands at the beginning of a
/// line, so that a record does not continue the unfinished last line of a command.
struct CommandOutput {
    /// A pipe, and the descriptor of the server that its content goes to.
    private struct Channel {
        let readEnd: Int32
        let writeEnd: Int32
        let target: Int32
        var isAtLineStart = true
    }

    /// More than a pipe holds, so that all is carried that a command wrote before its end.
    private static let carriedAtMost = 1 << 20

    private var channels: [Channel]

    /// Makes a pipe for each file that the server's standard output and standard error are: one where both are the
    /// same, so that the order of what a command writes to the two is kept.
    init() throws(CommandFailure) {
        channels = [try Self.channel(to: 1)]
        var output = stat()
        var error = stat()
        let isSame =
            fstat(1, &output) == 0 && fstat(2, &error) == 0 && output.st_dev == error.st_dev
            && output.st_ino == error.st_ino
        if !isSame { channels.append(try Self.channel(to: 2)) }
    }

    private static func channel(to target: Int32) throws(CommandFailure) -> Channel {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw CommandFailure(.last("making a pipe")) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // Commands wait where the pipe is full; the server must not where it is empty.
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        return Channel(readEnd: ends[0], writeEnd: ends[1], target: target)
    }

    /// What a command gets as its standard output.
    var standardOutput: Int32 { channels[0].writeEnd }
    /// What a command gets as its standard error.
    var standardError: Int32 { channels[channels.count - 1].writeEnd }
    /// What becomes readable when a command has written something.
    var readEnds: [Int32] { channels.map(\.readEnd) }

    /// Passes on what commands have written until now, and ends an unfinished last line of theirs where a record follows.
    ///
    /// - Throws: `POSIXFailure` where standard output cannot be written. What cannot be written to standard error is
    ///   lost, as there is nowhere to say so.
    mutating func carry(endingLine: Bool = false) throws(POSIXFailure) {
        for index in channels.indices {
            do throws(POSIXFailure) {
                try Self.carry(&channels[index], endingLine: endingLine)
            } catch {
                if channels[index].target == 1 { throw error }
            }
        }
    }

    private static func carry(_ channel: inout Channel, endingLine: Bool) throws(POSIXFailure) {
        var output = OutputBuffer(descriptor: channel.target)
        var block = [UInt8](repeating: 0, count: 1 << 16)
        var carried = 0
        while carried < carriedAtMost {
            let count = read(channel.readEnd, &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            output.append(Array(block[..<count]))
            channel.isAtLineStart = block[count - 1] == UInt8(ascii: "\n")
            carried += count
            try output.flush()
        }
        if endingLine, !channel.isAtLineStart {
            output.append("\n")
            channel.isAtLineStart = true
            try output.flush()
        }
    }
}
