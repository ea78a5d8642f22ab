/// The command-line options of a worker.
struct StoreWorkerOptions: Sendable {
    /// The URL by which the storage is opened.
    var store = ""
    /// The node's name.
    var node = "worker"
    /// The file to which each started run appends a line.
    var starts = "/dev/null"
    /// The lease, in seconds.
    var lease: Int64 = 30
    /// How many runs are taken in a pass.
    var slots = 10
    /// The point at which the process kills itself.
    var crash: CrashPoint?
    /// How often it has to reach this point before it kills itself.
    var after = 1

    init() {}

    /// Parses `--name value` pairs.
    ///
    /// - Throws: `StoreConformanceFailure` with the argument that is not understood.
    init(_ arguments: some Sequence<String>) throws(StoreConformanceFailure) {
        var rest = arguments.makeIterator()
        while let name = rest.next() {
            guard let value = rest.next() else { throw StoreConformanceFailure("\(name) has no value") }
            switch name {
            case "--store": store = value
            case "--node": node = value
            case "--starts": starts = value
            case "--lease": lease = try Self.number(value, of: name)
            case "--slots": slots = Int(try Self.number(value, of: name))
            case "--after": after = Int(try Self.number(value, of: name))
            case "--crash":
                guard let point = CrashPoint(rawValue: value) else {
                    let points = CrashPoint.allCases.map(\.rawValue).joined(separator: ", ")
                    throw StoreConformanceFailure("--crash is '\(value)', which is none of \(points)")
                }
                crash = point
            default: throw StoreConformanceFailure("unknown argument '\(name)'")
            }
        }
    }

    /// The options as command-line arguments.
    var arguments: [String] {
        var arguments = [
            "--store", store, "--node", node, "--starts", starts, "--lease", String(lease), "--slots", String(slots),
        ]
        if let crash { arguments += ["--crash", crash.rawValue, "--after", String(after)] }
        return arguments
    }

    private static func number(_ text: String, of name: String) throws(StoreConformanceFailure) -> Int64 {
        guard let number = Int64(text), number > 0 else {
            throw StoreConformanceFailure("\(name) is '\(text)', which is not a number above 0")
        }
        return number
    }
}
