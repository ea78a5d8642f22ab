/// What the task `shell` is to run.
public struct ShellArguments: Hashable, Sendable {
    /// What is run.
    public enum Command: Hashable, Sendable {
        /// A line for `/bin/sh -c`.
        case line(String)
        /// A program, looked up in the command's `PATH` where its name has no slash, and its arguments.
        case program([String])
    }

    /// What is run.
    public var command: Command
    /// Where it runs; the server's own directory where nothing is given.
    public var workingDirectory: String?
    /// What is added to the server's environment.
    public var environment: [String: String]
    /// Whether the command gets the server's environment; otherwise it gets a `PATH`, and `HOME`, `USER`, `LOGNAME` and
    /// `SHELL` of the user it runs as.
    public var inheritsEnvironment: Bool
    /// The name or number of the user it runs as, which only a server of root can change.
    public var user: String?
    /// The permissions that files it makes do not get; the server's own where nothing is given.
    public var umask: UInt32?
    /// What it reads from its standard input; nothing where nothing is given, but the report as a line of JSON where the
    /// command is run because a run has failed.
    public var stdin: String?
    /// The seconds between the signals TERM and KILL where the run is cancelled or takes too long.
    public var killAfter: Double

    /// The seconds between the signals where nothing is given.
    public static let defaultKillAfter = 10.0

    /// Takes what is given; all but the command has defaults.
    public init(
        command: Command,
        workingDirectory: String? = nil,
        environment: [String: String] = [:],
        inheritsEnvironment: Bool = true,
        user: String? = nil,
        umask: UInt32? = nil,
        stdin: String? = nil,
        killAfter: Double = ShellArguments.defaultKillAfter
    ) {
        self.command = command
        self.workingDirectory = workingDirectory
        self.environment = environment
        self.inheritsEnvironment = inheritsEnvironment
        self.user = user
        self.umask = umask
        self.stdin = stdin
        self.killAfter = killAfter
    }
}
