import Foundation

/// APScheduler, measured by `peer.py` in a process of its own.
struct Peer {
    /// The interpreter that has it.
    let python: String

    /// What is said in the environment; nothing where there is no peer.
    static var fromEnvironment: Peer? {
        ProcessInfo.processInfo.environment["CARILLON_PEER_PYTHON"].map { Peer(python: $0) }
    }

    private struct Line: Decodable {
        let figures: [String: Double]
    }

    /// The figures of one measurement, by name.
    func figures(_ name: String, _ number: Int) throws -> [String: Double] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = ["Benchmarks/Scheduler/peer.py", name, "\(number)"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return try JSONDecoder().decode(Line.self, from: data).figures
    }
}
