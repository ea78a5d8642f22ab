#if Web
import HTTPTypes

/// What a path below the prefix of an API stands for.
enum RESTRoute: Hashable {
    case scheduler
    case command(SchedulerCommand)
    case jobs
    /// The id as the path has it, decoded.
    case job(String)
    case jobCommand(String, JobCommand)

    enum SchedulerCommand: String {
        case pause, resume, start, shutdown
    }

    enum JobCommand: String {
        case pause, resume, run
    }

    /// Finds the route of a path; `nil` if there is none.
    ///
    /// - Parameter segments: The segments below the prefix, percent-encoded.
    init?(_ segments: [Substring]) {
        switch segments.count {
        case 0: self = .scheduler
        case 1 where segments[0] == "jobs": self = .jobs
        case 1:
            guard let command = SchedulerCommand(rawValue: String(segments[0])) else { return nil }
            self = .command(command)
        case 2 where segments[0] == "jobs": self = .job(Self.decoded(segments[1]))
        case 3 where segments[0] == "jobs":
            guard let command = JobCommand(rawValue: String(segments[2])) else { return nil }
            self = .jobCommand(Self.decoded(segments[1]), command)
        default: return nil
        }
    }

    /// The methods it has.
    var methods: [HTTPRequest.Method] {
        switch self {
        case .scheduler: [.get, .head, .options]
        case .jobs: [.get, .head, .post, .options]
        case .job: [.get, .head, .patch, .delete, .options]
        case .command, .jobCommand: [.post, .options]
        }
    }

    /// Resolves the percent-encoding of a segment. What is none stays as it is, and bytes that are not UTF-8 become
    /// U+FFFD: no job has such an id.
    private static func decoded(_ segment: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = segment.utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2, digits.allSatisfy(\.isHexadecimalDigit),
                let decoded = UInt8(Substring(digits), radix: 16)
            {
                bytes.append(decoded)
                rest.removeFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension UInt8 {
    fileprivate var isHexadecimalDigit: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}
#endif
