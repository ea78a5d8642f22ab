import Foundation

/// What somebody sees of a store on a server who has the command alone.
package struct CommandsOnServer {
    private let url: String
    private let folder = FileManager.default.temporaryDirectory.path + "/carillon-commands-" + UUID().uuidString

    /// - Parameter url: The address of a database that has no store yet.
    package init(_ url: String) { self.url = url }

    /// Serves a configuration with each of the commands beside it, and returns what is not as it should be.
    ///
    /// - Parameter copyingTool: What `backup` sends one to.
    package func problems(copyingTool: String) async throws -> [String] {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var problems: [String] = []
        func ask(_ arguments: String..., status: Int32 = 0, says text: String) async throws {
            let place = arguments.contains("--from") ? [] : ["--store", url]
            let words = arguments.split(separator: "--", maxSplits: 1, omittingEmptySubsequences: false)
            let tail = words.count > 1 ? ["--"] + words[1] : []
            let answer = try await BuiltCommand.run(words[0] + place + tail)
            if answer.status != status || !answer.output.joined(separator: "\n").contains(text) {
                problems.append("\(arguments) ended with \(answer.status): \(answer.output)")
            }
        }
        try await ask("jobs", "list", status: 66, says: "'carillon serve' makes one")
        let server = try BuiltCommand([
            "serve", "--config", try configuration(store: "'\(url)'"), "--log-format", "text",
        ])
        let started = await server.lines(through: "| hello from a job")
        if started.last?.contains("| hello") != true { problems.append("no job was run: \(started)") }
        try await ask("jobs", "list", says: "every second")
        try await ask("jobs", "add", "other", "--every", "1h", "--", "echo", "the other one", says: "Added 'other'")
        let told = await server.lines(through: "| the other one")
        if told.last?.contains("| the other") != true { problems.append("the added job was not run: \(told)") }
        try await ask("jobs", "show", "other", says: "every hour")
        try await ask("jobs", "pause", "other", says: "paused")
        try await ask("jobs", "resume", "other", says: "resumed")
        try await ask("jobs", "edit", "other", "--every", "2h", says: "every 2 hours")
        try await ask("jobs", "run", "other", says: "is ready")
        let asked = await server.lines(through: "| the other one")
        if asked.last?.contains("| the other") != true { problems.append("the asked run was not run: \(asked)") }
        try await ask("runs", "list", "--job", "other", says: "succeeded")
        try await ask("runs", "show", "other", says: "the other one")
        try await ask("nodes", says: "alive")
        try await ask("tasks", says: "shell")
        try await ask("doctor", says: "the store can be written")
        try await ask("jobs", "export", says: #""id":"other""#)
        try await ask("backup", "\(folder)/copy.sqlite", status: 1, says: "use '\(copyingTool)'")
        try await ask(
            "migrate", "--from", url, "--to", "sqlite:///\(folder)/new.sqlite", status: 1, says: "is being served")
        try await ask("jobs", "remove", "other", says: "removed")
        server.send(SIGTERM)
        let status = await server.end()
        if status != 0 { problems.append("the server ended with \(status)") }
        try await ask(
            "migrate", "--from", url, "--to", "sqlite:///\(folder)/new.sqlite", says: "CHECKSUM OF BOTH")
        return problems
    }

    /// Serves from a store in APScheduler's words, and returns what is not as it should be.
    ///
    /// - Parameters:
    ///   - driver: How SQLAlchemy calls the server and its driver.
    ///   - table: The name of APScheduler's own table.
    package func problems(asSQLAlchemyOf driver: String, table: String) async throws -> [String] {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let address = driver + url.drop { $0 != ":" }
        let file = try configuration(store: "{'type': 'sqlalchemy', 'url': '\(address)', 'tablename': '\(table)'}")
        let server = try BuiltCommand(["serve", "--config", file])
        let started = await server.lines(through: "| hello from a job")
        var problems = started.last?.contains("| hello") == true ? [] : ["no job was run: \(started)"]
        for words in [["jobs", "list"], ["runs", "list"], ["nodes"], ["doctor"]] {
            let answer = try await BuiltCommand.run(words + ["--config", file])
            if answer.status != 0 { problems.append("\(words) ended with \(answer.status): \(answer.output)") }
        }
        server.send(SIGTERM)
        let status = await server.end()
        if status != 0 { problems.append("the server ended with \(status)") }
        return problems
    }

    /// Writes a configuration with one job, and returns its path.
    private func configuration(store: String) throws -> String {
        let text = """
            jobstores: {default: \(store)}
            jobs:
              - {id: hello, command: [echo, hello from a job], trigger: interval, seconds: 1}
            """
        let path = "\(folder)/jobs.yaml"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }
}
