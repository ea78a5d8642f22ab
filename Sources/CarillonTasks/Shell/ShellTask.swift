import CCommandGuard
public import Carillon
import Foundation

/// The task `shell`: runs a command, which ends with the server that runs it.
///
/// Its arguments are `ShellArguments`; docs/tasks.md tells all about it. Commands run on Linux alone: elsewhere a
/// command could go on beside its own rerun after the server was killed, so none is started.
public struct ShellTask: Sendable {
    /// What jobs call it.
    public let name: String

    /// The environment that commands inherit.
    let environment: @Sendable () -> [String: String]

    /// Takes another name where two servers offer different things under it.
    ///
    /// - Parameter environment: Asked for the environment that commands inherit each time one is started; that of the
    ///   process unless told otherwise. A command does not get the variables that its own arguments refer to.
    public init(
        name: String = "shell",
        environment: (@Sendable () -> [String: String])? = nil
    ) {
        self.name = name
        self.environment = environment ?? { ProcessInfo.processInfo.environment }
    }

    /// What every session has, and what is no secret: a command keeps these though a job or a configuration refers to them.
    package static let openVariables: Set<String> = [
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "LC_ALL", "TZ", "TZDIR", "TMPDIR", "TERM",
        "PWD",
        "HOSTNAME",
    ]

    /// Whether this system can run commands.
    public static var isSupported: Bool { guard_is_supported() != 0 }
}

/// What the task `shell` returns.
public struct ShellResult: Hashable, Sendable, Codable {
    /// What the command ended with: 0, since a run fails with any other.
    public let exitStatus: Int32

    private enum CodingKeys: String, CodingKey {
        case exitStatus = "exit_status"
    }
}

extension TaskHost {
    /// Registers the task that runs commands.
    ///
    /// - Throws: `CarillonError` with `invalidName`.
    @available(macOS, unavailable, message: "commands run on Linux alone: see docs/tasks.md")
    public func register(_ task: ShellTask) throws(CarillonError) {
        try register(task.name) { (arguments: ShellArguments, context: TaskContext) async throws -> ShellResult in
            let command = RunningCommand(arguments, context, environment: task.environment)
            let end = try await withTaskCancellationHandler {
                try await command.run()
            } onCancel: {
                command.stop()
            }
            if let failure = end.failure { throw failure }
            return ShellResult(exitStatus: 0)
        }
    }
}
