import Carillon
import CarillonTriggers

/// What a command finds in its environment where it is run because a run has failed.
enum FailureVariables {
    /// All of them; a command that runs for another reason has none, whatever the server found.
    static let names = ["JOB", "RUN", "SCHEDULED", "ATTEMPT", "OUTCOME", "ERROR"].map { "CARILLON_FAILED_\($0)" }

    /// The most bytes of the error, since the system limits what an environment may hold; standard input has all of it.
    static let errorLimit = 16_384

    /// By name.
    static func values(of report: FailureReport) -> [String: String] {
        let values = [
            report.job.description, report.run, report.scheduled.formatted(in: .utc), "\(report.attempt)",
            report.outcome.rawValue, beginning(of: report.error ?? ""),
        ]
        return Dictionary(zip(names, values)) { first, _ in first }
    }

    /// The whole characters at the beginning of an error. A NUL would be taken for its end.
    private static func beginning(of error: String) -> String {
        let bytes = error.utf8.lazy.map { $0 == 0 ? UInt8(ascii: " ") : $0 }.prefix(errorLimit)
        let text = String(decoding: bytes, as: UTF8.self)
        return error.utf8.count > errorLimit && text.hasSuffix("\u{FFFD}") ? String(text.dropLast()) : text
    }
}
