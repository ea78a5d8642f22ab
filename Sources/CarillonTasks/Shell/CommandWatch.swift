import CCommandGuard
import Carillon
import Foundation

/// What a thread does that watches over a command: waits for what it writes, and for what its guard says.
struct CommandWatch {
    /// How it ended; nothing where its guard did not live to tell.
    private(set) var end: CommandEnd?
    /// Why it was not started.
    private(set) var failure: TaskFailure?
    /// Whether it was not begun since it was too late for that.
    private(set) var isLate = false

    private let handle: guard_handle
    private let plan: CommandPlan
    private let context: TaskContext
    private var group: pid_t = 0
    /// -1 once it is closed.
    private var output: Int32

    /// As much as is read at once.
    private static let blockSize = 1 << 16
    /// The most that a pipe holds unless root says otherwise; what is in it when a command ends is read, not what others
    /// go on to write.
    private static let pipeLimit = 1 << 20

    init(_ handle: guard_handle, _ plan: CommandPlan, _ context: TaskContext) {
        self.handle = handle
        self.plan = plan
        self.context = context
        output = handle.output
    }

    /// Returns when the guard has ended.
    ///
    /// - Parameter ended: Called when the command has ended by itself.
    mutating func waitForEnd(_ ended: () -> Void) {
        var isOn = true
        while isOn {
            var news = [
                pollfd(fd: handle.socket, events: Int16(POLLIN), revents: 0),
                pollfd(fd: output, events: Int16(POLLIN), revents: 0),
                pollfd(fd: handle.limit, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&news, nfds_t(news.count), -1) > 0 else { continue }
            if news[1].revents != 0, readBlock() == .end { closeOutput() }
            if news[0].revents != 0 { isOn = receive(ended) }
            if isOn, news[2].revents != 0 { endStoppedGuard() }
        }
        // Somebody killed the guard, and with it the command, but not what that has started.
        if end == nil, failure == nil {
            guard_kill_group(group)
            readRest()
        }
        closeOutput()
    }

    /// The command should have ended by now. A guard that was stopped ends nothing, and is ended with all that it guards;
    /// one that works is at it still, such as where a process hangs in the kernel.
    private func endStoppedGuard() {
        if ProcessIdentity.isStopped(handle.guard), let process = RunProcess(handle.guard) { _ = process.endBlocking() }
        guard_give_time(handle.limit, 1000)
    }

    /// Takes what the guard says; false where it has ended.
    private mutating func receive(_ ended: () -> Void) -> Bool {
        var message = guard_message()
        while true {
            let answer = guard_receive(handle.socket, &message)
            if answer <= 0 { return answer == 0 }
            switch UInt32(bitPattern: message.kind) {
            case guard_message_started.rawValue: group = message.value
            case guard_message_failed.rawValue where UInt32(bitPattern: message.step) == guard_step_late.rawValue:
                isLate = true
            case guard_message_failed.rawValue: failure = failure ?? plan.failure(message)
            default:
                end = CommandEnd(status: message.value, isByItself: message.step == 0)
                ended()
                readRest()
            }
        }
    }

    // MARK: Output

    private enum Found: Equatable {
        case bytes(Int)
        case nothing
        case end
    }

    /// Reads what there is, up to a block.
    private func readBlock() -> Found {
        guard output >= 0 else { return .end }
        var found = Found.end
        let block = [UInt8](unsafeUninitializedCapacity: Self.blockSize) { buffer, count in
            let answer = read(output, buffer.baseAddress, Self.blockSize)
            if answer < 0, errno == EAGAIN || errno == EINTR { found = .nothing }
            count = max(0, answer)
        }
        if block.isEmpty { return found }
        context.output(block)
        return .bytes(block.count)
    }

    /// The command has ended: reads what it wrote. Who still has the pipe open is not waited for.
    private mutating func readRest() {
        var left = Self.pipeLimit
        while left > 0, case .bytes(let count) = readBlock() { left -= count }
        closeOutput()
    }

    private mutating func closeOutput() {
        if output >= 0 { close(output) }
        output = -1
    }
}
