import Foundation

/// What /proc tells of processes (proc(5)).
enum Processes {
    static func parent(_ process: Int32) -> Int32? { field("PPid", process).flatMap { Int32($0) } }

    static func name(_ process: Int32) -> String? { field("Name", process) }

    static func field(_ name: String, _ process: Int32) -> String? {
        let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("\(name):") }
        return line.map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
    }
}

/// A folder that is removed with its content.
final class TemporaryFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
            .appendingPathComponent("carillon-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String, executable: Bool) throws {
        let file = "\(path)/\(name)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        chmod(file, executable ? 0o755 : 0o644)
    }
}
