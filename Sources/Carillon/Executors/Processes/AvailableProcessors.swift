import Foundation

#if os(Linux)
private import CWorkers
#endif

/// How many processors this process may use.
///
/// `ProcessInfo` tells how many the machine has, whatever this process was confined to.
package enum AvailableProcessors {
    /// By the processors that it may run on, and the share of time that its control groups allow; at least 1.
    package static var count: Int {
        #if os(Linux)
        let allowed = Int(worker_cpu_count())
        let count = allowed > 0 ? allowed : ProcessInfo.processInfo.activeProcessorCount
        return max(1, min(count, quota(groups: text("/proc/self/cgroup") ?? "", reading: text) ?? count))
        #else
        return max(1, ProcessInfo.processInfo.activeProcessorCount)
        #endif
    }

    /// Returns how many processors a process may use by its control groups and those above them, rounded up; `nil` if they
    /// set no limit.
    ///
    /// - Parameters:
    ///   - groups: What `/proc/self/cgroup` says: a line `number:controllers:path` for each hierarchy.
    ///   - reading: Returns the text of a file.
    package static func quota(groups: String, reading: (String) -> String?) -> Int? {
        var shares: [Double] = []
        for line in groups.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            let isUnified = parts[1].isEmpty
            guard isUnified || parts[1].split(separator: ",").contains("cpu") else { continue }
            // In a container the path may be one of the host; the root is what the container has then.
            let roots = isUnified ? ["/sys/fs/cgroup"] : ["/sys/fs/cgroup/cpu", "/sys/fs/cgroup/\(parts[1])"]
            var path = String(parts[2])
            while true {
                for root in roots {
                    if let share = share(root + (path == "/" ? "" : path), isUnified, reading) { shares.append(share) }
                }
                guard path.count > 1, let slash = path.lastIndex(of: "/") else { break }
                path = slash == path.startIndex ? "/" : String(path[..<slash])
            }
        }
        return shares.min().map { max(1, Int($0.rounded(.up))) }
    }

    /// Returns the processors that a control group may use; `nil` if it has no limit.
    private static func share(_ folder: String, _ isUnified: Bool, _ reading: (String) -> String?) -> Double? {
        let words: [Substring]
        if isUnified {
            words = (reading("\(folder)/cpu.max") ?? "").split(whereSeparator: \.isWhitespace)
        } else {
            words = ["quota", "period"].flatMap { key in
                (reading("\(folder)/cpu.cfs_\(key)_us") ?? "").split(whereSeparator: \.isWhitespace)
            }
        }
        // `max` and -1 stand for no limit.
        guard words.count == 2, let quota = Double(words[0]), let period = Double(words[1]), quota > 0, period > 0
        else { return nil }
        return min(quota / period, 1_000_000)
    }

    private static func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
}
