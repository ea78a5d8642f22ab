import Foundation

/// A process that makes one measurement and writes its figures as a line of JSON.
///
/// Carillon and its peer each have a new one for every measurement: what one round leaves in memory, or what the system
/// takes from a process that waits for the peer, changes nothing for the next.
struct MeasuringProcess {
    let executable: String
    /// What stands before the name of the measurement.
    let arguments: [String]

    /// This program, with `--measure`.
    static let own = MeasuringProcess(
        executable: Bundle.main.executablePath ?? CommandLine.arguments[0],
        arguments: ["--measure"]
    )

    /// APScheduler under the interpreter that the environment names; nothing where there is none.
    static let peer = ProcessInfo.processInfo.environment["CARILLON_PEER_PYTHON"].map {
        MeasuringProcess(executable: $0, arguments: [script])
    }

    /// The peer's program, beside this package.
    private static let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "peer.py").path

    private struct Line: Decodable {
        let figures: [String: Double]
    }

    /// Why there are no figures.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// The figures of one measurement, by name.
    ///
    /// - Throws: `Failure`, saying what to look at; what the process writes to standard error is passed on.
    func figures(_ measurement: String...) throws(Failure) -> [String: Double] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments + measurement
        let output = Pipe()
        process.standardOutput = output
        let command = ([executable] + arguments + measurement).joined(separator: " ")
        do {
            try process.run()
        } catch {
            throw Failure(description: "'\(command)' cannot be run: \(error)")
        }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "'\(command)' ended with \(process.terminationStatus)")
        }
        do {
            return try JSONDecoder().decode(Line.self, from: data).figures
        } catch {
            throw Failure(description: "'\(command)' wrote no figures: \(String(decoding: data, as: UTF8.self))")
        }
    }
}
