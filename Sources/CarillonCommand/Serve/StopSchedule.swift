/// When the commands that still run after a request to stop get which signal: 10 seconds in all, as service managers
/// commonly wait before they kill the server itself.
enum StopSchedule {
    /// Seconds before SIGTERM.
    static let patience = 8
    /// Seconds from SIGTERM to SIGKILL.
    static let grace = 2
}
