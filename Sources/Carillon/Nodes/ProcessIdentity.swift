import Foundation

/// Tells processes of this machine apart, even if a process id is reused.
package enum ProcessIdentity {
    /// This process's id.
    package static var current: Int32 { ProcessInfo.processInfo.processIdentifier }

    /// Returns when a process started, in the machine's own unit; `nil` if it does not run.
    ///
    /// On Linux it is the 22nd field of `/proc/PID/stat` (proc(5)), read after the name, which may contain spaces.
    /// Without `/proc` it is 0 for every running process.
    package static func start(of process: Int32) -> Int64? {
        guard FileManager.default.fileExists(atPath: "/proc/self/stat") else { return kill(process, 0) == 0 ? 0 : nil }
        // A zombie has ended; its parent has not waited for it yet.
        guard let fields = fields(of: process), fields[0] != "Z" else { return nil }
        return Int64(fields[19])
    }

    /// Whether a process was stopped, by a signal or by a debugger.
    package static func isStopped(_ process: Int32) -> Bool {
        guard let state = fields(of: process)?.first else { return false }
        return state == "T" || state == "t"
    }

    /// Returns the children of a process that have not ended.
    package static func children(of process: Int32) -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { number in
            guard let fields = fields(of: number), fields[0] != "Z" else { return false }
            return Int32(fields[1]) == process
        }
    }

    /// Returns the fields after the name in `/proc/PID/stat`: the state, the parent, and so on.
    private static func fields(of process: Int32) -> [Substring]? {
        guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let name = stat.lastIndex(of: ")")
        else { return nil }
        let fields = stat[stat.index(after: name)...].split(separator: " ")
        return fields.count > 19 ? fields : nil
    }

    /// Whether a process is known to have ended. A process that the machine hides, such as another user's, is not.
    package static func hasEnded(_ process: Int32, started: Int64) -> Bool {
        guard let start = start(of: process) else { return !isHidden(process) }
        return start != started
    }

    /// Whether another user's process exists that is hidden from this one: see `hidepid` in proc(5).
    private static func isHidden(_ process: Int32) -> Bool {
        !FileManager.default.isReadableFile(atPath: "/proc/\(process)/stat") && kill(process, 0) != 0 && errno == EPERM
    }
}
