import Foundation

/// How a process ended, as wait(2) says it.
package struct ProcessEnd: Hashable, Sendable {
    /// As wait(2) says it.
    package let status: Int32

    package init(status: Int32) { self.status = status }

    /// The exit status; `nil` if a signal ended the process.
    package var exitStatus: Int32? { signal == 0 ? status >> 8 & 0xFF : nil }

    /// The signal that ended it; 0 for none.
    private var signal: Int32 { status & 0x7F }

    /// The signal with its name, as in `signal 9 (KILL)`; `nil` if none ended the process.
    package var signalText: String? {
        signal == 0 ? nil : "signal \(signal)\(Self.signalNames[signal].map { " (\($0))" } ?? "")"
    }

    private static let signalNames: [Int32: String] = [
        SIGHUP: "HUP", SIGINT: "INT", SIGQUIT: "QUIT", SIGILL: "ILL", SIGTRAP: "TRAP", SIGABRT: "ABRT", SIGBUS: "BUS",
        SIGFPE: "FPE", SIGKILL: "KILL", SIGUSR1: "USR1", SIGSEGV: "SEGV", SIGUSR2: "USR2", SIGPIPE: "PIPE",
        SIGALRM: "ALRM", SIGTERM: "TERM", SIGXCPU: "XCPU", SIGXFSZ: "XFSZ", SIGVTALRM: "VTALRM", SIGSYS: "SYS",
    ]
}
