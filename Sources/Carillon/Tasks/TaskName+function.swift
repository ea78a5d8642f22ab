/// The names of functions that jobs are added with. No task can be registered under such a name.
extension TaskName {
    /// The prefix of these names.
    package static let functionPrefix = "closure:"

    /// The longest id that fits after the prefix, in bytes.
    private static let longestID = 200 - functionPrefix.utf8.count

    /// Creates the name of the function that a job is added with.
    package init(functionOf job: JobID) {
        let id = job.description
        guard id.utf8.count > Self.longestID else {
            self.init(plain: Self.functionPrefix + id)
            return
        }
        // The beginning of a longer id, and a hash that distinguishes it from other ids with that beginning.
        let suffix = "~" + String(Self.hash(id), radix: 16)
        var beginning = ""
        for scalar in id.unicodeScalars {
            guard beginning.utf8.count + scalar.utf8.count + suffix.utf8.count <= Self.longestID else { break }
            beginning.unicodeScalars.append(scalar)
        }
        self.init(plain: Self.functionPrefix + beginning + suffix)
    }

    /// Whether this is the name of a job's function.
    package var isOfFunction: Bool { description.utf8.starts(with: Self.functionPrefix.utf8) }

    /// Returns the FNV-1a hash, which has to be the same in every process since names are stored.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
