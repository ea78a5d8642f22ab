#if Command
import ArgumentParser
import Carillon
import CarillonConfiguration
import Foundation

/// `carillon serve`: runs the jobs of a configuration.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Runs the jobs of a configuration file on time.",
        discussion: """
            Writes a line for each run: when it ended, its job, its outcome, how long it took and how late it was, why \
            it failed, and below that what it wrote. Writes another for occurrences that do not run, with the reason. \
            --log-level says which of these it writes (at warning those that need attention, at trace also when a run \
            begins), and --log-output of which runs it shows what they wrote. \
            A job without a trigger runs once, when it is first added. What was due while nothing served is made up \
            for as each job's policies say; a run that the server died over is started again.

            The jobs of a file are kept in the job store, and made equal to the file at each start and at SIGHUP: what \
            is not in the file any more is removed, what is the same keeps its phase, and jobs of other files or \
            people are not touched. A file with an error changes nothing.

            SIGINT (Ctrl-C) or SIGTERM ends the server once the runs at work have ended. After 'shutdown_deadline' (30 \
            seconds) they are asked to end, and after as long again left behind; a second request asks them at once, and \
            the server ends two seconds later at the latest. Runs that end by that, and what was left, are run again at \
            the next start, or lost, as each job's 'recovery' says.

            Every setting can come from the environment: see docs/configuration.md. The service manager systemd is told \
            when the server is ready, reloads and stops, and that it is alive (Type=notify-reload, WatchdogSec).

            EXIT STATUS
              0   after a request to stop
              1   another job store has a job of the same id; or a third request to stop
              64  the arguments cannot be used
              66  a file of the configuration cannot be read
              69  a job store cannot be used, or was not built in
              74  the output cannot be written, or at the end nobody has read it
              78  the configuration is wrong

            EXAMPLES
              carillon serve --config carillon.yaml
              carillon serve --store sqlite:////var/lib/jobs.sqlite -z Europe/Berlin
              SCHEDULER_JOBS='[{id: once, command: date}]' carillon serve
            """
    )

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "A file of settings and jobs, YAML or JSON; several add up.",
            discussion: "Without it: $CARILLON_CONFIG, or carillon.yaml where that is there.",
            valueName: "file"
        ),
        completion: .file(extensions: ["yaml", "yml", "json"])
    )
    var config: [String] = []

    @Option(
        help: ArgumentHelp(
            "The address of the job store 'default', such as sqlite:///jobs.sqlite or memory:.",
            discussion: "Without it: $CARILLON_STORE, or what the configuration says, or an SQLite file in --state.",
            valueName: "url"
        )
    )
    var store: String?

    @Option(
        help: ArgumentHelp(
            "The folder of the server's own job store, the file \(StateDirectory.storeFile).",
            discussion: """
                Without it: 'state' in the configuration, $STATE_DIRECTORY, $XDG_STATE_HOME/carillon or \
                ~/.local/state/carillon.
                """,
            valueName: "folder"
        )
    )
    var state: String?

    @Option(name: [.long, .customShort("z")], help: "The zone of triggers that name none, and of what is shown.")
    var timezone: String?

    @Option(help: ArgumentHelp("text, or json for one object a line.", valueName: "format"))
    var logFormat: String?

    @Option(
        help: ArgumentHelp(
            "What is told of: trace, debug, info, notice, warning, error or critical.", valueName: "level"),
        completion: Choice.completion(LogSettings.Level.self)
    )
    var logLevel: String?

    @Option(
        help: ArgumentHelp("The runs whose output it shows: all, failures or none.", valueName: "runs"),
        completion: Choice.completion(LogSettings.Output.self)
    )
    var logOutput: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How long runs may go on once it is asked to stop.", valueName: "seconds"))
    var shutdownDeadline: String?

    @Flag(
        help: ArgumentHelp(
            "As root, take files that others could change.",
            discussion: """
                Without it a server of root refuses a configuration, the files that it names and a job store where \
                another user owns them or a folder above them, or where their group or everybody may write there.
                """
        )
    )
    var allowUnsafeOwner = false

    /// What is refused, with a word on how a file is given.
    @Argument(help: .hidden) var strayArguments: [String] = []

    func validate() throws {
        if let stray = strayArguments.first {
            let options = strayArguments.map { "--config \(StoreFile.quoted($0.printable))" }.joined(separator: " ")
            throw ValidationError("'\(stray.printable)': a file of the configuration is given as \(options)")
        }
        for (option, value) in [("--store", store), ("--state", state)] + config.map({ ("--config", $0) })
        where value == "" {
            throw ValidationError("\(option): is empty")
        }
        if store != nil, state != nil {
            throw ValidationError("--state says where the store is, as --store does; keep one of them")
        }
    }

    func run() async throws {
        do throws(CommandFailure) {
            try await serve()
        } catch {
            throw error.reported()
        }
    }

    private func serve() async throws(CommandFailure) {
        OrphanReaping.begin()
        let environment = ProcessInfo.processInfo.environment
        let notifier = ServiceNotifier(environment: environment)
        // Nothing else runs yet that could read the environment meanwhile.
        for name in ServiceNotifier.variables { unsetenv(name) }
        func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

        let files = config.isEmpty ? variable("CARILLON_CONFIG").map { [$0] } ?? Self.usualFile : config
        let sources = ServeSources(
            files: files, overrides: overrides, environment: environment, allowsUnsafeOwner: allowUnsafeOwner)
        let configuration = try await sources.read()
        do throws(CarillonError) { try configuration.checkHost() } catch { throw CommandFailure(error) }
        let stores = try await ServedStores.open(
            try addresses(configuration, files, environment), allowsUnsafeOwner: allowUnsafeOwner)
        try await Server(sources, configuration, stores, notifier).run()
    }

    /// Where the job stores are: those of the configuration, and `default` where a flag or a variable says, or in the
    /// state directory where nobody does.
    private func addresses(
        _ configuration: Configuration, _ files: [String], _ environment: [String: String]
    ) throws(CommandFailure) -> [String: StoreAddress] {
        var addresses = configuration.jobStores.mapValues(\.address)
        let variable = environment["CARILLON_STORE"].flatMap { $0.isEmpty ? nil : $0 }
        if let store {
            addresses["default"] = try Self.address(store, of: "--store")
        } else if state == nil, let variable {
            addresses["default"] = try Self.address(variable, of: "$CARILLON_STORE")
        } else if state != nil || addresses["default"] == nil {
            let directory = StateDirectory(
                setting: state ?? configuration.stateDirectory,
                // What a flag says is seen from the current folder.
                configurationFile: state == nil ? files.first : nil,
                environment: environment
            )
            let path = directory.storePath
            // As nobody need know later from where the server was started.
            let absolute = path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
            addresses["default"] = .sqlite(URL(filePath: absolute).standardized.path)
        }
        return addresses
    }

    private static var usualFile: [String] {
        FileManager.default.fileExists(atPath: "carillon.yaml") ? ["carillon.yaml"] : []
    }

    private var overrides: [ConfigurationOverride] {
        [
            ("--timezone", "timezone", timezone), ("--log-format", "log.format", logFormat),
            ("--log-level", "log.level", logLevel), ("--log-output", "log.output", logOutput),
            ("--shutdown-deadline", "shutdown_deadline", shutdownDeadline),
        ].compactMap { flag, setting, value in
            value.map { ConfigurationOverride(flag: flag, setting: setting, value: $0) }
        }
    }

    private static func address(_ text: String, of name: String) throws(CommandFailure) -> StoreAddress {
        do throws(ConfigurationError) {
            return try StoreAddress(text)
        } catch {
            throw CommandFailure(.usage, "\(name): \(error)")
        }
    }
}
#endif
