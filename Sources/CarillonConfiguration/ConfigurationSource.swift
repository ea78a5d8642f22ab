import Foundation

/// Where settings come from, beside environment and flags: a file, or a text that somebody else has read.
public struct ConfigurationSource: Sendable {
    /// The most bytes that a source may have.
    public static let maximumSize = 32_000_000

    enum Content: Sendable {
        case file
        case text([UInt8])
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

    /// The bytes of a file, one more than allowed at most: so a device without an end is not read for ever.
    ///
    /// - Throws: `FileFailure` in the system's words.
    static func contents(ofFile path: String, limit: Int) throws(FileFailure) -> [UInt8] {
        guard let file = fopen(path, "re") else { throw FileFailure(errno) }
        defer { fclose(file) }
        let bytes = [UInt8](unsafeUninitializedCapacity: limit + 1) { buffer, count in
            count = fread(buffer.baseAddress, 1, buffer.count, file)
        }
        guard ferror(file) == 0 else { throw FileFailure(errno) }
        return bytes
    }
}

/// Why a file cannot be read, in the system's words.
struct FileFailure: Error {
    let reason: String

    init(_ code: Int32) { reason = String(cString: strerror(code)) }
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
