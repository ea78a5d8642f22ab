import Foundation

/// A server of one test's own, which can be stopped and frozen without disturbing others. It goes with this object.
package final class OwnServer: Sendable {
    /// The address of its database.
    package let url: String
    /// The folder that it is in.
    package let folder: String
    private let program: String

    /// Starts a server. It takes a second or two.
    ///
    /// - Parameters:
    ///   - program: The script in `scripts/support` that starts it.
    ///   - settings: Settings of the server, as `name=value`.
    package init(program: String, _ settings: [String]) throws {
        // Where `scripts/test` stops what a test that was interrupted has left.
        let parent =
            ProcessInfo.processInfo.environment["CARILLON_TEST_SERVERS"] ?? FileManager.default.temporaryDirectory.path
        folder = "\(parent)/server-\(UUID().uuidString)"
        self.program = program
        url = try Self.run(program, ["start", folder] + settings)
    }

    deinit {
        _ = try? Self.run(program, ["stop", folder, "immediate"])
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Kills it, as in a crash.
    package func crash() throws { _ = try run("stop", "immediate") }

    /// Stops it in good order.
    package func stop() throws { _ = try run("stop") }

    /// Starts it again on the same port.
    package func startAgain() throws { _ = try run("again") }

    /// Stops all its processes where they are: the kernel goes on answering for them.
    package func freeze() throws { _ = try run("freeze") }

    /// Lets them go on.
    package func thaw() throws { _ = try run("thaw") }

    /// Runs the script for this server, and returns what it prints.
    package func run(_ action: String, _ more: String...) throws -> String {
        try Self.run(program, [action, folder] + more)
    }

    private static func run(_ program: String, _ arguments: [String]) throws -> String {
        // Foundation's Process would wait for the server as well, which the script leaves behind.
        let words = ["\(Checkout.folder)/scripts/support/\(program)"] + arguments
        guard let output = popen(words.map { "'\($0)'" }.joined(separator: " "), "r") else {
            throw TestFailure("\(program) cannot be started")
        }
        var text = [UInt8]()
        while case let byte = getc(output), byte != EOF { text.append(UInt8(truncatingIfNeeded: byte)) }
        guard pclose(output) == 0 else { throw TestFailure("\(program) \(arguments[0]) failed") }
        return String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
