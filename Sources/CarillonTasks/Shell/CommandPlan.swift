import Carillon
import CarillonTriggers
import Foundation

/// All that is to be known before a command is started: nothing can be looked up any more between fork and exec.
struct CommandPlan {
    /// What an error calls the command.
    let name: String
    /// Where the program may be, in the order in which it is looked for.
    let paths: [String]
    let arguments: [String]
    let environment: [String]
    let directory: String?
    let umask: UInt32?
    /// Nothing where it runs as the server's own user.
    let account: UserAccount?
    let stdin: String?
    let killAfter: Double

    /// - Parameter server: The environment that commands inherit.
    /// - Throws: `TaskFailure` where there is no such user, or only root may run something as another one.
    init(
        _ arguments: ShellArguments, _ context: TaskContext, server: [String: String]
    ) throws(TaskFailure) {
        var account: UserAccount?
        if let user = arguments.user {
            let found = try UserAccount(user)
            guard geteuid() == 0 || found.user == geteuid() else {
                throw TaskFailure(
                    .commandNotStarted,
                    "running as user \(found.name) needs a server that runs as root; this one runs as user \(geteuid())"
                )
            }
            account = found
        }
        let variables = Self.variables(arguments, context, account, server)
        switch arguments.command {
        case .line(let line):
            name = "/bin/sh"
            self.arguments = [name, "-c", line]
        case .program(let words):
            // The arguments are checked where they are read; a caller in Swift may leave it out.
            guard let program = words.first, !program.isEmpty else {
                throw TaskFailure(.commandNotStarted, "the command names no program")
            }
            name = program
            self.arguments = words
        }
        paths = Self.paths(of: name, in: variables["PATH"])
        environment = variables.map { "\($0.key)=\($0.value)" }
        directory = arguments.workingDirectory
        umask = arguments.umask
        // Only root changes the user; who runs it already needs no change.
        self.account = geteuid() == 0 ? account : nil
        stdin = arguments.stdin ?? context.failure.map { "\($0.json)\n" }
        killAfter = arguments.killAfter
    }

    /// What the command finds in its environment.
    private static func variables(
        _ arguments: ShellArguments,
        _ context: TaskContext,
        _ account: UserAccount?,
        _ server: [String: String]
    ) -> [String: String] {
        var variables = ["PATH": searchPath]
        var user = account
        if arguments.inheritsEnvironment {
            variables = server
            let secrets = context.variables.names.subtracting(ShellTask.openVariables)
            for name in secrets { variables[name] = nil }
        } else {
            user = user ?? UserAccount.own
        }
        if let user {
            variables["HOME"] = user.home
            variables["USER"] = user.name
            variables["LOGNAME"] = user.name
            variables["SHELL"] = user.shell
        }
        variables.merge(context.variables.fromFiles) { _, given in given }
        variables.merge(arguments.environment) { _, given in given }
        variables["CARILLON_JOB"] = "\(context.jobID)"
        variables["CARILLON_OCCURRENCE"] = "\(context.occurrence)"
        variables["CARILLON_RUN"] = "\(Run.ID(context.occurrence, attempt: context.attempt))"
        variables["CARILLON_ATTEMPT"] = "\(context.attempt)"
        variables["CARILLON_SCHEDULED"] = context.scheduled.formatted(in: .utc)
        for name in FailureVariables.names { variables[name] = nil }
        if let failure = context.failure { variables.merge(FailureVariables.values(of: failure)) { _, ours in ours } }
        return variables
    }

    /// Where programs are looked for where nothing is said.
    private static let searchPath = "/usr/local/bin:/usr/bin:/bin"

    private static func paths(of name: String, in path: String?) -> [String] {
        if name.utf8.contains(UInt8(ascii: "/")) { return [name] }
        let folders = (path ?? searchPath).split(separator: ":", omittingEmptySubsequences: false)
        // An empty one is the directory the command runs in (POSIX, "Environment Variables", PATH).
        return folders.map { $0.isEmpty ? "./\(name)" : "\($0)/\(name)" }
    }
}
