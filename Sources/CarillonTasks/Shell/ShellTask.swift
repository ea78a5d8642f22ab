import CCommandGuard
public import Carillon

/// The task `shell`: runs a command, which ends with the server that runs it.
///
/// Its arguments are `ShellArguments`; docs/tasks.md tells all about it. Commands run on Linux alone: elsewhere a
/// command could go on beside its own rerun after the server was killed, so none is started.
public struct ShellTask: Sendable {
    /// What jobs call it.
    public let name: String

    /// Takes another name where two servers offer different things under it.
    public init(name: String = "shell") { self.name = name }

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

extension Scheduler {
    /// Registers the task that runs commands.
    ///
    /// - Throws: `CarillonError` with `invalidName`.
    @available(macOS, unavailable, message: "commands run on Linux alone: see docs/tasks.md")
    public func register(_ task: ShellTask) throws(CarillonError) {
        try register(task.name) { (arguments: ShellArguments, context: TaskContext) async throws -> ShellResult in
            let command = RunningCommand(arguments, context)
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
