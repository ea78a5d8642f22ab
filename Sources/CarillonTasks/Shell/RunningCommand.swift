import CCommandGuard
import Carillon
@preconcurrency import Dispatch
import Foundation

/// A command at work: carries what it writes to the log of its run, and tells how it ended.
///
/// `@unchecked`: everything that changes is touched on `queue` alone, which is serial.
final class RunningCommand: @unchecked Sendable {
    private let queue = DispatchQueue(label: "carillon-command")
    private let arguments: ShellArguments
    private let context: TaskContext

    private var waiter: CheckedContinuation<CommandEnd, any Error>?
    private var plan: CommandPlan?
    private var handle: guard_handle?
    private var messages: (any DispatchSourceRead)?
    private var output: (any DispatchSourceRead)?
    private var isToEnd = false
    private var group: pid_t = 0
    private var end: CommandEnd?
    private var failure: TaskFailure?

    /// As much as is read at once.
    private static let blockSize = 1 << 16
    /// The most that a pipe holds unless root says otherwise; what is in it when a command ends is read, not what others
    /// go on to write.
    private static let pipeLimit = 1 << 20

    init(_ arguments: ShellArguments, _ context: TaskContext) {
        self.arguments = arguments
        self.context = context
    }

    /// Runs the command, and returns when it has ended; one that was ended leaves nothing behind then.
    ///
    /// - Throws: `TaskFailure` where it could not be started; `CancellationError` where `stop` was called.
    func run() async throws -> CommandEnd {
        try await withCheckedThrowingContinuation { waiter in
            queue.async {
                self.waiter = waiter
                self.start()
            }
        }
    }

    /// Asks the command and all that it has started to end.
    func stop() {
        queue.async {
            // One that has ended already ended by itself.
            guard self.end == nil else { return }
            self.isToEnd = true
            if let handle = self.handle { guard_end(handle.socket) }
        }
    }

    private func start() {
        if isToEnd { return finish(.failure(CancellationError())) }
        do throws(TaskFailure) {
            let plan = try CommandPlan(arguments, context)
            self.plan = plan
            begin(try plan.start())
        } catch {
            finish(.failure(error))
        }
    }

    private func begin(_ handle: guard_handle) {
        self.handle = handle
        let messages = DispatchSource.makeReadSource(fileDescriptor: handle.socket, queue: queue)
        messages.setEventHandler { self.receive() }
        messages.setCancelHandler {
            close(handle.socket)
            self.reap()
        }
        let output = DispatchSource.makeReadSource(fileDescriptor: handle.output, queue: queue)
        output.setEventHandler { if !self.readBlock() { self.stopReading() } }
        output.setCancelHandler { close(handle.output) }
        self.messages = messages
        self.output = output
        output.resume()
        messages.resume()
    }

    // MARK: Output

    /// Reads what there is, up to a block; false at the end.
    private func readBlock() -> Bool {
        guard let handle, output != nil else { return false }
        let block = [UInt8](unsafeUninitializedCapacity: Self.blockSize) { buffer, count in
            count = max(0, read(handle.output, buffer.baseAddress, Self.blockSize))
        }
        // The error number of `read` would be lost by now; an empty pipe with writers has one.
        if block.isEmpty { return hasWriters(handle.output) }
        context.output(block)
        return true
    }

    private func hasWriters(_ descriptor: Int32) -> Bool {
        var news = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&news, 1, 0) <= 0 || news.revents & Int16(POLLIN) != 0
    }

    private func stopReading() {
        output?.cancel()
        output = nil
    }

    /// The command has ended: reads what it wrote. Who still has the pipe open is not waited for.
    private func readRest() {
        guard let handle, output != nil else { return }
        var left = Self.pipeLimit
        while left > 0 {
            let block = [UInt8](unsafeUninitializedCapacity: Self.blockSize) { buffer, count in
                count = max(0, read(handle.output, buffer.baseAddress, Self.blockSize))
            }
            if block.isEmpty { break }
            context.output(block)
            left -= block.count
        }
        stopReading()
    }

    // MARK: The guard

    private func receive() {
        guard let handle, messages != nil else { return }
        var message = guard_message()
        while true {
            let answer = guard_receive(handle.socket, &message)
            if answer == 0 { return }
            if answer < 0 { break }
            switch UInt32(bitPattern: message.kind) {
            case guard_message_started.rawValue: group = message.value
            case guard_message_failed.rawValue: failure = failure ?? plan?.failure(message)
            default:
                end = CommandEnd(status: message.value)
                readRest()
            }
        }
        // Somebody killed the guard, and with it the command, but not what that has started.
        if end == nil, failure == nil {
            guard_kill_group(group)
            readRest()
        }
        stopReading()
        messages?.cancel()
        messages = nil
    }

    /// The guard is about to end, or has.
    private func reap() {
        guard let handle else { return }
        if guard_reap(handle.guard) == 0 {
            queue.asyncAfter(deadline: .now() + .milliseconds(1)) { self.reap() }
            return
        }
        self.handle = nil
        if isToEnd {
            finish(.failure(CancellationError()))
        } else if let failure {
            finish(.failure(failure))
        } else if let end {
            finish(.success(end))
        } else {
            finish(.failure(TaskFailure(.commandFailed, "the process that guards the command was killed")))
        }
    }

    private func finish(_ result: Result<CommandEnd, any Error>) {
        waiter?.resume(with: result)
        waiter = nil
    }
}
