import Foundation

/// What `peers.py` measured.
struct PeerResults {
    /// One measurement of one peer.
    struct Result: Decodable {
        /// Name and version.
        let peer: String
        /// The operation, as the rows of the report call it.
        let operation: String
        /// The expression, or what else is measured.
        let name: String
        /// The zone; empty where none matters.
        let zone: String
        /// Nanoseconds of CPU time a call in the middle, the fastest and the slowest run.
        let median: Double
        let minimum: Double
        let maximum: Double
    }

    private let results: [Result]

    /// No peers.
    init() { results = [] }

    /// Reads a file of JSON lines.
    init(path: String) throws {
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        results = try lines.map { try JSONDecoder().decode(Result.self, from: Data($0.utf8)) }
    }

    /// Names and versions, in the order of the file.
    var names: [String] {
        var names: [String] = []
        for result in results where !names.contains(result.peer) { names.append(result.peer) }
        return names
    }

    /// The slowest run of each measurement as a multiple of its fastest.
    var spreads: [Double] { results.map { $0.maximum / $0.minimum } }

    /// How many times as long as ours a peer takes: the middle one of the zones that both were measured in.
    func ratio(of peer: String, operation: String, name: String, ours: [String: Measurement]) -> Double? {
        let ratios = results.compactMap { result -> Double? in
            guard result.peer == peer, result.operation == operation, result.name == name else { return nil }
            return ours[result.zone].map { result.median / $0.median }
        }
        return ratios.isEmpty ? nil : ratios.sorted()[ratios.count / 2]
    }
}
