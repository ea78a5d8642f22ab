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

    /// Why there are no figures of the peer.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// The program that measures, beside this package.
    private static let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "peer.py").path

    /// The figures of one measurement, by name.
    ///
    /// - Throws: `Failure`, saying what to look at; what the peer writes to standard error is passed on.
    func figures(_ name: String, _ number: Int) throws(Failure) -> [String: Double] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = [Self.script, name, "\(number)"]
        let output = Pipe()
        process.standardOutput = output
        do {
            try process.run()
        } catch {
            throw Failure(
                description: "the peer's interpreter '\(python)' (CARILLON_PEER_PYTHON) cannot be run: \(error)")
        }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "'\(python) \(Self.script) \(name)' ended with \(process.terminationStatus)")
        }
        do {
            return try JSONDecoder().decode(Line.self, from: data).figures
        } catch {
            throw Failure(
                description:
                    "'\(python) \(Self.script) \(name)' wrote no figures: \(String(decoding: data, as: UTF8.self))")
        }
    }
}
