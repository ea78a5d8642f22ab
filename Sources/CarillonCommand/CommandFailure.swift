/// A failure to show as it is, with the exit status it has by sysexits(3).
struct CommandFailure: Error, CustomStringConvertible {
    let description: String
    let exitStatus: Int32

    /// Reading or writing failed: EX_IOERR.
    init(_ failure: POSIXFailure) {
        description = failure.description
        exitStatus = 74
    }
}
