import CCommandGuard
import Foundation
import Testing

/// What a guard says of its command.
@Suite(.timeLimit(.minutes(10))) struct GuardTests {
    /// Starts a line of the shell under a guard.
    private func start(_ line: String, beginBefore: Int64 = .max) -> guard_handle {
        var handle = guard_handle()
        let texts = ["/bin/sh", "-c", line]
        let words: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) } + [nil]
        let paths = [words[0], nil]
        let variables: [UnsafeMutablePointer<CChar>?] = [nil]
        defer { for word in words { free(word) } }
        let code: Int32 = words.withUnsafeBufferPointer { words in
            paths.withUnsafeBufferPointer { paths in
                variables.withUnsafeBufferPointer { variables in
                    var command = guard_command()
                    command.paths = paths.baseAddress
                    command.arguments = words.baseAddress
                    command.environment = variables.baseAddress
                    command.umask = -1
                    command.input = -1
                    command.kill_after_milliseconds = 60_000
                    command.begin_before = beginBefore
                    return guard_start(&command, &handle)
                }
            }
        }
        #expect(code == 0)
        return handle
    }

    /// All that the guard says until its end.
    private func messages(_ handle: guard_handle) -> [guard_message] {
        var all: [guard_message] = []
        var message = guard_message()
        while true {
            switch guard_receive(handle.socket, &message) {
            case 1: all.append(message)
            case 0:
                var news = pollfd(fd: handle.socket, events: Int16(POLLIN), revents: 0)
                poll(&news, 1, -1)
            default:
                close(handle.socket)
                close(handle.output)
                close(handle.limit)
                guard_reap(handle.guard)
                return all
            }
        }
    }

    /// Waits until a guard has ended, and leaves it to be reaped.
    private func waitForEnd(of handle: guard_handle) {
        var information = siginfo_t()
        // __WALL: its end raises no signal.
        while waitid(P_PID, id_t(handle.guard), &information, WEXITED | WNOWAIT | 0x4000_0000) < 0, errno == EINTR {}
    }

    @Test("A command whose time to begin is over is not begun")
    func late() {
        let file = FileManager.default.temporaryDirectory.appending(path: "carillon-\(UUID())").path
        let said = messages(start("echo > \(file)", beginBefore: guard_now()))
        let failed = said.filter { $0.kind == Int32(guard_message_failed.rawValue) }
        #expect(failed.map(\.step) == [Int32(guard_step_late.rawValue)])
        #expect(!FileManager.default.fileExists(atPath: file))
    }

    @Test("One whose time is not over is begun")
    func inTime() {
        let said = messages(start("exit 3", beginBefore: guard_now() + 600_000))
        let ended = said.filter { $0.kind == Int32(guard_message_ended.rawValue) }
        #expect(ended.map(\.value) == [3 << 8])
    }

    @Test("An end that was there before anybody asked for it says so")
    func endedBefore() {
        var handle = start("exit 0")
        waitForEnd(of: handle)
        guard_end(&handle, 600_000)
        let ended = messages(handle).filter { $0.kind == Int32(guard_message_ended.rawValue) }
        #expect(ended.map(\.step) == [0] && ended.map(\.value) == [0])
    }

    @Test("An end that was asked for says so")
    func askedFor() {
        var handle = start("trap 'exit 0' TERM; echo begun; while :; do sleep 1; done")
        // It has set its trap by then.
        var news = pollfd(fd: handle.output, events: Int16(POLLIN), revents: 0)
        poll(&news, 1, -1)
        guard_end(&handle, 600_000)
        let ended = messages(handle).filter { $0.kind == Int32(guard_message_ended.rawValue) }
        #expect(ended.map(\.step) == [1] && ended.map(\.value) == [0])
    }
}
