import CCommandGuard
import Carillon
import Foundation
import Synchronization

/// A command at work, watched over by a thread of its own: carries what it writes to the log of its run, and tells how it
/// ended.
final class RunningCommand: Sendable {
    private struct State {
        /// What is asked for the end; nothing before the start and after the end.
        var handle: guard_handle?
        var isToEnd = false
        var hasEnded = false
    }

    private let arguments: ShellArguments
    private let context: TaskContext
    private let environment: @Sendable () -> [String: String]
    private let state = Mutex(State())

    /// - Parameter environment: Asked for the environment that commands inherit.
    init(
        _ arguments: ShellArguments, _ context: TaskContext,
        environment: @escaping @Sendable () -> [String: String]
    ) {
        self.arguments = arguments
        self.context = context
        self.environment = environment
    }

    /// Runs the command, and returns when it has ended; one that was ended leaves nothing behind then.
    ///
    /// - Throws: `TaskFailure` where it could not be started; `TakeExpired` where another node may have its run by now;
    ///   `CancellationError` where `stop` was called before it ended, unless a scheduler that stops has asked and the
    ///   command ended with status 0.
    func run() async throws -> CommandEnd {
        try await withCheckedThrowingContinuation { waiter in
            let thread = Thread { waiter.resume(with: Result { try self.perform() }) }
            thread.name = "carillon-command"
            thread.stackSize = 1 << 19
            thread.start()
        }
    }

    /// Asks the command and all that it has started to end.
    func stop() {
        state.withLock { state in
            // One that has ended already ended by itself.
            if state.hasEnded { return }
            state.isToEnd = true
            if let handle = state.handle { end(handle) }
        }
    }

    /// The seconds that a guard may take longer than the command has, before it is looked at.
    private static let guardGrace = 1.0

    private func end(_ handle: guard_handle) {
        var handle = handle
        guard_end(&handle, CommandPlan.milliseconds(arguments.killAfter + Self.guardGrace))
    }

    private func perform() throws -> CommandEnd {
        if state.withLock({ $0.isToEnd }) { throw CancellationError() }
        let plan = try CommandPlan(arguments, context, server: environment())
        // Read before the lease, so that what comes between counts.
        let now = guard_now()
        let left = context.leaseLeft
        guard left > 0 else { throw TakeExpired() }
        context.needs(toEnd: .seconds(arguments.killAfter + 2 * Self.guardGrace))
        let handle = try plan.start(beginBefore: left == .max ? .max : now + left / 1000)
        state.withLock { state in
            state.handle = handle
            if state.isToEnd { end(handle) }
        }
        // The guard is not waited for yet, so that the number is its own.
        if let process = RunProcess(handle.guard) { context.works(under: process) }
        var watch = CommandWatch(handle, plan, context)
        watch.waitForEnd { state.withLock { $0.hasEnded = true } }
        let isToEnd = state.withLock { state in
            state.handle = nil
            return state.isToEnd
        }
        close(handle.socket)
        close(handle.limit)
        guard_reap(handle.guard)
        if watch.isLate { throw TakeExpired() }
        // The guard knows what came first; here both may be found at once, after the process has stood still.
        if let end = watch.end, end.isByItself {
            context.settle()
            if let failure = watch.failure { throw failure }
            return end
        }
        // A server that stops wants no command to end that does so successfully all the same.
        let isDone = context.isInterrupted && watch.end?.status == 0
        if isToEnd, !isDone { throw CancellationError() }
        if let failure = watch.failure { throw failure }
        guard let end = watch.end else {
            throw TaskFailure(.commandFailed, "the process that guards the command was killed")
        }
        return end
    }
}
