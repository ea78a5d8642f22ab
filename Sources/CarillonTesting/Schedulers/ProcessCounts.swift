import Foundation

/// What the process has of the system, where the system tells.
struct ProcessCounts {
    /// `nil` where the system does not tell.
    let threads: Int?
    let descriptors: Int?

    static var now: ProcessCounts {
        ProcessCounts(threads: count("/proc/self/task"), descriptors: count("/proc/self/fd"))
    }

    private static func count(_ folder: String) -> Int? {
        try? FileManager.default.contentsOfDirectory(atPath: folder).count
    }
}
