import Carillon
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
        let end = ProcessEnd(status: status)
        if let signal = end.signalText { return TaskFailure(.commandFailed, "ended by \(signal)") }
        return TaskFailure(.commandFailed, "exit status \(end.exitStatus ?? status)")
    }
}

/// The system's words for an error number.
func systemText(_ code: Int32) -> String { String(cString: strerror(code)) }
