#if Command
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A system call that failed.
struct POSIXFailure: Error, CustomStringConvertible {
    /// What was being done, such as `reading the input`.
    let action: String
    let code: Int32

    /// Takes the error of the system call that came last.
    static func last(_ action: String) -> POSIXFailure { POSIXFailure(action: action, code: errno) }

    var description: String { "\(action): \(String(cString: strerror(code)))" }
}
#endif
