#if Command
import ArgumentParser
import Carillon
import CarillonConfiguration
import Foundation

/// Why a command cannot go on.
package struct CommandFailure: Error, CustomStringConvertible {
    /// The exit status, after sysexits(3); `docs/commands.md` has the table.
    package enum Status: Int32, Sendable {
        /// What was named is not there, or what was asked for is refused.
        case refused = 1
        case usage = 64
        case badInput = 65
        case missingFile = 66
        /// The job store does not answer, cannot be written, or cannot be read by this version.
        case unavailable = 69
        case inputOrOutput = 74
        case badConfiguration = 78
    }

    package let status: Status
    /// One line for each problem.
    package let description: String
    /// What a store or a scheduler called it.
    let code: CarillonError.Code?
    /// Whether whoever read the output has gone: they know, and want no more.
    private let hasReaderGone: Bool

    init(_ status: Status, _ description: String, code: CarillonError.Code? = nil) {
        self.init(status, description, code, hasReaderGone: false)
    }

    private init(_ status: Status, _ description: String, _ code: CarillonError.Code?, hasReaderGone: Bool) {
        self.status = status
        self.description = description
        self.code = code
        self.hasReaderGone = hasReaderGone
    }

    /// Reading or writing failed.
    init(_ failure: POSIXFailure) {
        self.init(.inputOrOutput, failure.description, nil, hasReaderGone: failure.code == EPIPE)
    }

    /// A store or a scheduler refused something.
    init(_ error: CarillonError) {
        let status: Status =
            switch error.code {
            case .invalidName, .invalidPolicy, .invalidArguments, .invalidExport, .invalidRange: .badInput
            case .storeUnavailable, .storeReadOnly, .storeFull, .storeCorrupt, .storeTooNew, .storeFailed, .unsupported:
                .unavailable
            case .invalidConfiguration, .hostNotAllowed: .badConfiguration
            default: .refused
            }
        self.init(status, error.description, code: error.code)
    }

    /// A configuration cannot be used.
    init(_ error: ConfigurationError) {
        self.init(error.code == .unreadableFile ? .missingFile : .badConfiguration, error.description)
    }

    /// Says on standard error what was done all the same, and what may not have been meant by it.
    static func warn(_ lines: [String]) {
        var output = OutputBuffer(descriptor: 2)
        let width = Terminal.errors.width
        for line in lines.flatMap({ "Warning: \($0.printable)".wrapped(to: width, indent: 4) }) {
            output.append("\(line)\n")
        }
        // Of no weight for what was asked for.
        try? output.flush()
    }

    /// Says on standard error what is wrong, as the argument parser does, and returns the status to exit with. Nothing is
    /// said where a command writes to a pipe whose reader has gone, as behind `| head` where SIGPIPE is ignored.
    func reported() -> ExitCode {
        if hasReaderGone, !Carillon.isServer { return ExitCode(status.rawValue) }
        var output = OutputBuffer(descriptor: 2)
        let width = Terminal.errors.width
        for line in description.split(separator: "\n") {
            let text = "Error: \(String(line).printable)".wrapped(to: width, indent: 4)
            output.append("\(text.joined(separator: "\n"))\n")
        }
        // Where even this cannot be written, the status tells.
        try? output.flush()
        return ExitCode(status.rawValue)
    }
}
#endif
