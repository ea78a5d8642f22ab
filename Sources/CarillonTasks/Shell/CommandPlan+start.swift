import CCommandGuard
import Carillon
import Foundation

extension CommandPlan {
    /// Starts the command under a guard. It takes as long as copying the server's page tables does: not for the
    /// cooperative pool.
    ///
    /// - Parameter beginBefore: From this time of `guard_now` on it is not begun any more.
    /// - Throws: `TaskFailure` where the system refuses. What the guard or the command fails at, they say in a message.
    func start(beginBefore: Int64 = .max) throws(TaskFailure) -> guard_handle {
        var input: Int32 = -1
        if let stdin {
            let text = Array(stdin.utf8)
            input = guard_input(text, text.count)
            guard input >= 0 else { throw Self.failure("keeping the text for stdin", -input) }
        }
        defer { if input >= 0 { close(input) } }
        let lists = [paths, arguments, environment].map(CStrings.init)
        let directory = directory.map { CStrings([$0]) }
        let groups = account?.groups ?? []
        var handle = guard_handle()
        let code = groups.withUnsafeBufferPointer { groups in
            var command = guard_command(
                paths: lists[0].start,
                arguments: lists[1].start,
                environment: lists[2].start,
                directory: directory?.start.pointee.map { UnsafePointer($0) },
                umask: umask.map { Int32($0) } ?? -1,
                changes_user: account == nil ? 0 : 1,
                user: account?.user ?? 0,
                group: account?.group ?? 0,
                groups: groups.baseAddress,
                group_count: groups.count,
                input: input,
                kill_after_milliseconds: Self.milliseconds(killAfter),
                begin_before: beginBefore
            )
            return guard_start(&command, &handle)
        }
        withExtendedLifetime((lists, directory)) {}
        guard code == 0 else { throw Self.failure("starting a process", code) }
        return handle
    }

    /// Seconds as C takes them.
    static func milliseconds(_ seconds: Double) -> Int64 { Int64(min(max(seconds, 0), 1e9) * 1000) }

    /// What a message about a failure means.
    func failure(_ message: guard_message) -> TaskFailure {
        let text = systemText(message.value)
        switch UInt32(bitPattern: message.step) {
        case guard_step_user.rawValue: return Self.failure("user \(account?.name ?? "")", message.value)
        case guard_step_directory.rawValue: return Self.failure("working directory \(directory ?? "")", message.value)
        case guard_step_input.rawValue: return Self.failure("stdin", message.value)
        case guard_step_output.rawValue: return Self.failure("the pipe for the output", message.value)
        case guard_step_execute.rawValue: break
        default: return Self.failure("starting a process", message.value)
        }
        switch message.value {
        case ENOENT where paths.contains { access($0, F_OK) == 0 }:
            return TaskFailure(.commandNotStarted, "command \(name): the program that its first line names is missing")
        case ENOENT, ENOTDIR: return TaskFailure(.commandNotStarted, "no such command: \(name)")
        case E2BIG:
            return TaskFailure(
                .commandNotStarted,
                "command \(name): its arguments and environment are too long for the system (\(text))")
        case ENOEXEC:
            return TaskFailure(
                .commandNotStarted, "command \(name): \(text); a script needs a first line such as #!/bin/sh")
        default: return Self.failure("command \(name)", message.value)
        }
    }

    private static func failure(_ what: String, _ code: Int32) -> TaskFailure {
        TaskFailure(.commandNotStarted, "\(what): \(systemText(code))")
    }
}
