import Foundation

/// How a command ended.
struct CommandEnd: Hashable, Sendable {
    /// As wait(2) says it.
    let status: Int32
    /// Whether it ended by itself: nobody had asked it to end by then.
    let isByItself: Bool

    /// Nothing where it succeeded.
    var failure: TaskFailure? {
        if status == 0 { return nil }
        let signal = status & 0x7F
        if signal == 0 { return TaskFailure(.commandFailed, "exit status \(status >> 8 & 0xFF)") }
        let name = Self.signalNames[signal].map { " (\($0))" } ?? ""
        return TaskFailure(.commandFailed, "ended by signal \(signal)\(name)")
    }

    private static let signalNames: [Int32: String] = [
        SIGHUP: "HUP", SIGINT: "INT", SIGQUIT: "QUIT", SIGILL: "ILL", SIGTRAP: "TRAP", SIGABRT: "ABRT", SIGBUS: "BUS",
        SIGFPE: "FPE", SIGKILL: "KILL", SIGUSR1: "USR1", SIGSEGV: "SEGV", SIGUSR2: "USR2", SIGPIPE: "PIPE",
        SIGALRM: "ALRM", SIGTERM: "TERM", SIGXCPU: "XCPU", SIGXFSZ: "XFSZ", SIGVTALRM: "VTALRM", SIGSYS: "SYS",
    ]
}

/// The system's words for an error number.
func systemText(_ code: Int32) -> String { String(cString: strerror(code)) }
