#if Configuration
public import CarillonTriggers
import Foundation

/// Where settings come from, beside environment and flags: a file, or a text that somebody else has read.
public struct ConfigurationSource: Sendable {
    /// The most bytes that a source may have.
    public static let maximumSize = 32_000_000

    enum Content: Sendable {
        case file
        case text([UInt8])
        /// Values that stand in a program, and so in no line of a text.
        case values([UInt8])
    }

    /// The path, or what else the source is called in errors.
    let name: String
    let content: Content

    /// A YAML or JSON file. Paths of secrets in it are seen from its folder.
    public static func file(_ path: String) -> ConfigurationSource {
        ConfigurationSource(name: path, content: .file)
    }

    /// A YAML or JSON text, with a name for errors and as the origin of its jobs.
    public static func text(_ text: String, name: String) -> ConfigurationSource {
        ConfigurationSource(name: name, content: .text(Array(text.utf8)))
    }

    /// A YAML or JSON text in UTF-8.
    public static func bytes(_ bytes: [UInt8], name: String) -> ConfigurationSource {
        ConfigurationSource(name: name, content: .text(bytes))
    }

    /// Settings that a program writes, by the same keys as in a file:
    ///
    ///     .values([
    ///         "SCHEDULER_EXECUTORS": ["default": ["type": "threadpool", "max_workers": 20]],
    ///         "JOBS": [["id": "job1", "func": "greet", "kwargs": ["name": "Ada"], "trigger": "interval", "seconds": 10]],
    ///     ])
    ///
    /// As in a file, `${NAME}` in a text stands for an environment variable.
    ///
    /// - Parameters:
    ///   - settings: Keys and values.
    ///   - name: What the settings are called in errors, and the origin of their jobs. Two programs that share a store
    ///     need two names.
    public static func values(_ settings: JSONValue, name: String) -> ConfigurationSource {
        ConfigurationSource(name: name, content: .values(Array(settings.description.utf8)))
    }

    /// What says whose jobs they are: a file's absolute path, whatever folder it was named from. Links are left as they
    /// are, since what they lead to may be renewed with each change.
    public var origin: String {
        guard case .file = content, !name.hasPrefix("/") else { return name }
        return Self.origin(ofPath: name)
    }

    /// The origin of the jobs of a file, by its path; a variable such as `$SCHEDULER_JOBS` is one already.
    ///
    /// - Parameter folder: Where a relative path begins, if not in the current folder.
    public static func origin(ofPath path: String, from folder: String? = nil) -> String {
        if path.hasPrefix("/") || path.hasPrefix("$") { return path }
        let path = folder.map { "\($0)/\(path)" } ?? path
        return (path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)").withoutDots
    }

    /// How long a pipe is waited for whose writer writes nothing, in milliseconds.
    private static let patience: Int32 = 10_000

    /// The bytes of a file, one more than allowed at most: so a device without an end is not read for ever. A pipe is read
    /// to its end, and not waited for where nobody has it open for writing.
    ///
    /// - Throws: `FileFailure` in the system's words.
    static func contents(ofFile path: String, limit: Int) throws(FileFailure) -> [UInt8] {
        // Without this flag a named pipe is opened once somebody opens it for writing.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileFailure(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileFailure(errno) }
        let isPipe = status.st_mode & S_IFMT == S_IFIFO
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= limit {
            let count = block.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                bytes += block.prefix(min(count, limit + 1 - bytes.count))
            } else if count == 0 {
                guard !bytes.isEmpty || !isPipe else {
                    throw FileFailure("it is a pipe that nobody writes to; name a file, or write to the pipe first")
                }
                return bytes
            } else if errno == EAGAIN {
                var place = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                guard poll(&place, 1, patience) != 0 else {
                    throw FileFailure("nothing has come from it for \(patience / 1000) seconds")
                }
            } else if errno != EINTR {
                throw FileFailure(errno)
            }
        }
        return bytes
    }
}

/// Why a file cannot be read, in the system's words.
struct FileFailure: Error {
    let reason: String

    init(_ code: Int32) { reason = String(cString: strerror(code)) }

    init(_ reason: String) { self.reason = reason }
}

/// A setting that is given on the command line and wins over all others.
public struct ConfigurationOverride: Sendable {
    /// What it is called in errors, such as `--timezone`.
    let flag: String
    /// The setting in any of its spellings, such as `api.prefix` or `SCHEDULER_API_PREFIX`.
    let setting: String
    let value: String

    /// - Parameter value: Written as it would be in an environment variable.
    public init(flag: String, setting: String, value: String) {
        self.flag = flag
        self.setting = setting
        self.value = value
    }
}

extension String {
    /// A path without its `.` and `..`, as far as that can be told from its text.
    fileprivate var withoutDots: String {
        var parts: [Substring] = []
        for part in split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }
}
#endif
