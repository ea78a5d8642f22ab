import ArgumentParser

/// Why a command cannot go on.
package struct CommandFailure: Error, CustomStringConvertible {
    /// The exit status, after sysexits(3).
    package enum Status: Int32, Sendable {
        case usage = 64
        case missingFile = 66
        case conflict = 70
        case inputOrOutput = 74
        case busy = 75
        case badConfiguration = 78
    }

    package let status: Status
    /// One line for each problem.
    package let description: String

    init(_ status: Status, _ description: String) {
        self.status = status
        self.description = description
    }

    /// Reading or writing failed.
    init(_ failure: POSIXFailure) { self.init(.inputOrOutput, failure.description) }

    /// Says on standard error what is wrong, as the argument parser does, and returns the status to exit with.
    func reported() -> ExitCode {
        var output = OutputBuffer(descriptor: 2)
        for line in description.split(separator: "\n") { output.append(Array("Error: \(line)\n".utf8)) }
        // Where even this cannot be written, the status tells.
        try? output.flush()
        return ExitCode(status.rawValue)
    }
}
