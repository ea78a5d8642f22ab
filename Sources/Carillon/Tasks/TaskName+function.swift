/// The names of functions that jobs are added with. No task can be registered under one of them.
extension TaskName {
    /// What they begin with.
    package static let functionPrefix = "closure:"

    /// The longest id that fits behind the prefix.
    private static let longestID = 200 - functionPrefix.utf8.count

    /// The name of the function that a job is added with.
    package init(functionOf job: JobID) {
        let id = job.description
        guard id.utf8.count > Self.longestID else {
            self.init(plain: Self.functionPrefix + id)
            return
        }
        // The beginning of a longer id, and a number that tells it from others that begin so.
        let suffix = "~" + String(Self.hash(id), radix: 16)
        var beginning = ""
        for scalar in id.unicodeScalars {
            guard beginning.utf8.count + scalar.utf8.count + suffix.utf8.count <= Self.longestID else { break }
            beginning.unicodeScalars.append(scalar)
        }
        self.init(plain: Self.functionPrefix + beginning + suffix)
    }

    /// Whether it is the name of a job's function.
    package var isOfFunction: Bool { description.utf8.starts(with: Self.functionPrefix.utf8) }

    /// FNV-1a, which is the same in every process, as the name is in every store.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
