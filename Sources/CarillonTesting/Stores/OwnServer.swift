import Foundation

/// A server of one test's own, which can be stopped and frozen without disturbing others. It goes with this object.
package final class OwnServer: Sendable {
    /// The address of its database.
    package let url: String
    /// The folder that it is in.
    package let folder: String
    private let program: String
    private let isSmall: Bool

    /// Starts a server. It takes a second or two.
    ///
    /// - Parameters:
    ///   - program: The script in `scripts/support` that starts it.
    ///   - settings: Settings of the server, as `name=value`.
    ///   - megabytes: How large a disk of its own it gets, which only root may make; the common one if left out.
    package init(program: String, _ settings: [String], megabytes: Int? = nil) throws {
        // Where `scripts/test` stops what a test that was interrupted has left.
        let parent =
            ProcessInfo.processInfo.environment["CARILLON_TEST_SERVERS"] ?? FileManager.default.temporaryDirectory.path
        folder = "\(parent)/server-\(UUID().uuidString)"
        self.program = program
        isSmall = megabytes != nil
        if let megabytes {
            guard geteuid() == 0 else { throw TestFailure("only root may mount a small disk, which this case fills") }
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            _ = try Self.shell("mount -t tmpfs -o size=\(megabytes)m,mode=0755 small '\(folder)'", "mount")
        }
        url = try Self.run(program, ["start", folder] + settings)
    }

    deinit {
        _ = try? Self.run(program, ["stop", folder, "immediate"])
        if isSmall { _ = try? Self.shell("umount -l '\(folder)'", "umount") }
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
        let words = ["\(Checkout.folder)/scripts/support/\(program)"] + arguments
        return try shell(words.map { "'\($0)'" }.joined(separator: " "), "\(program) \(arguments[0])")
    }

    private static func shell(_ command: String, _ name: String) throws -> String {
        // Foundation's Process would wait for a server as well, which its script leaves behind.
        guard let output = popen(command, "r") else { throw TestFailure("\(name) cannot be started") }
        var text = [UInt8]()
        while case let byte = getc(output), byte != EOF { text.append(UInt8(truncatingIfNeeded: byte)) }
        guard pclose(output) == 0 else { throw TestFailure("\(name) failed") }
        return String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
