import CarillonTriggers

/// The parts that most runs lack, stored apart since runs are copied often. It never changes.
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
