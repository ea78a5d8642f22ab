import ArgumentParser
import Foundation

/// `carillon serve`: runs the jobs of a file.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Runs the jobs of a YAML file on time.",
        discussion: """
            Writes a line for each run: when it started, its job, its outcome, how long it took and how late it was; \
            for a command that cannot be started, the time, its job and why. Writes another for occurrences that do \
            not run. A job without a trigger runs once, as soon as it is first served. What was due while nothing served is made up for by one run of each job; a run that the server died over \
            is started again. The output of the commands appears between the lines.

            SIGINT (Ctrl-C) or SIGTERM ends the server once the running commands have ended. Those that still run after \
            \(StopSchedule.patience) seconds get SIGTERM, and SIGKILL after \(StopSchedule.patience + StopSchedule.grace) \
            seconds; a second request to stop sends SIGKILL at once.

            The zone of triggers that name none is 'timezone' in the jobs file, or UTC. In a trigger of the type cron, \
            weekday 0 is Monday; in crontab text it is Sunday.

            Exit status: 0 after a request to stop, 66 without a jobs file, 78 where the file is wrong, 74 or 75 where \
            the database or the output fails, 64 where the arguments cannot be used, and 70 where another server serves \
            other jobs from the same database: servers that run at once share one only for the same jobs.
            """
    )

    @Option(name: .shortAndLong, help: ArgumentHelp("The file of jobs.", valueName: "file"))
    var config: String

    @Option(
        help: ArgumentHelp(
            "The folder or SQLite file for jobs and runs.",
            discussion: """
                Without it: 'state' in the jobs file, $STATE_DIRECTORY, $XDG_STATE_HOME/carillon or \
                ~/.local/state/carillon.
                """,
            valueName: "path"
        )
    )
    var state: String?

    func validate() throws {
        for (option, value) in [("--config", config), ("--state", state)] where value == "" {
            throw ValidationError("\(option): is empty")
        }
    }

    func run() throws {
        do throws(CommandFailure) {
            let file = try JobsFile(path: config)
            var server = try Server(file, name: config, database: try databasePath(for: file))
            try server.run()
        } catch {
            throw error.reported()
        }
    }

    /// The file of the database, in a folder that is made where there is none.
    private func databasePath(for file: JobsFile) throws(CommandFailure) -> String {
        func variable(_ name: String) -> String? {
            ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        let folderOfFile = config.lastIndex(of: "/").map { String(config[...$0]) } ?? ""
        var path =
            state
            ?? file.state.map { $0.hasPrefix("/") ? $0 : folderOfFile + $0 }
            // systemd puts colons between several.
            ?? variable("STATE_DIRECTORY").map { String($0.prefix { $0 != ":" }) }
            ?? variable("XDG_STATE_HOME").map { "\($0)/carillon" }
            ?? "\(URL.homeDirectory.path)/.local/state/carillon"
        if ![".sqlite", ".sqlite3", ".db"].contains(where: path.hasSuffix) { path += "/carillon.sqlite3" }
        do {
            let folder = URL(filePath: path).deletingLastPathComponent().path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            let reason = (error as NSError).localizedFailureReason ?? "\(error)"
            throw CommandFailure(.inputOrOutput, "\(path): its folder cannot be made: \(reason)")
        }
        return path
    }
}
