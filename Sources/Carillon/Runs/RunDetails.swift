import CarillonTriggers

/// What most runs do not have, apart from them: runs are copied many times on their way. Never changed once it is made.
final class RunDetails: Hashable, Sendable {
    struct Values: Hashable, Sendable {
        var task: TaskName?
        var arguments: [UInt8]?
        var error: String?
        var result: [UInt8]?
        var log: [UInt8]?
        var progress: RunProgress?
        var written: Int?
        var noted: Instant?
        var process: RunProcess?
    }

    let values: Values

    init(_ values: Values) { self.values = values }

    static func == (left: RunDetails, right: RunDetails) -> Bool { left === right || left.values == right.values }

    func hash(into hasher: inout Hasher) { hasher.combine(values) }
}
