#if PostgreSQL
import Foundation

/// A server of one test's own, which can be stopped and frozen without disturbing others. It goes with this object.
final class OwnServer: Sendable {
    /// The address of its database.
    let url: String
    /// The folder that it is in.
    let folder: String

    /// Starts a server. It takes a second or two.
    ///
    /// - Parameter settings: Settings of the server, as `name=value`.
    init(_ settings: [String] = []) throws {
        // Where `scripts/test` stops what a test that was interrupted has left.
        let parent =
            ProcessInfo.processInfo.environment["CARILLON_TEST_SERVERS"] ?? FileManager.default.temporaryDirectory.path
        folder = "\(parent)/server-\(UUID().uuidString)"
        url = try Self.script(["start", folder] + settings)
    }

    deinit {
        _ = try? Self.script(["stop", folder, "immediate"])
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Puts PgBouncer in front of it, in transaction mode, and returns the address to take.
    func pool() throws -> String { try Self.script(["pool", folder]) }

    /// Kills it, as in a crash.
    func crash() throws { _ = try Self.script(["stop", folder, "immediate"]) }

    /// Stops it in good order.
    func stop() throws { _ = try Self.script(["stop", folder]) }

    /// Starts it again on the same port.
    func startAgain() throws { _ = try Self.script(["again", folder]) }

    /// Stops all its processes where they are: the kernel goes on answering for them.
    func freeze() throws { _ = try Self.script(["freeze", folder]) }

    /// Lets them go on.
    func thaw() throws { _ = try Self.script(["thaw", folder]) }

    private static func script(_ arguments: [String]) throws -> String {
        // Foundation's Process would wait for the server as well, which the script leaves behind.
        let words = ["\(TestServer.package)/scripts/support/postgresql-server"] + arguments
        guard let output = popen(words.map { "'\($0)'" }.joined(separator: " "), "r") else {
            throw RawDatabase.Failure(description: "postgresql-server cannot be started")
        }
        var text = [UInt8]()
        while case let byte = getc(output), byte != EOF { text.append(UInt8(truncatingIfNeeded: byte)) }
        guard pclose(output) == 0 else {
            throw RawDatabase.Failure(description: "postgresql-server \(arguments[0]) failed")
        }
        return String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
#endif
