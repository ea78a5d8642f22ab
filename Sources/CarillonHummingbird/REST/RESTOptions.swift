#if Web
public import Carillon

/// The options of a REST API.
public struct RESTOptions: Sendable {
    /// Who may use it; by default whoever reaches the server may read.
    public var access: RESTAccess
    /// The machines on which `POST {prefix}/start` works, by host name; `*` for all. Elsewhere it does nothing, as in
    /// Flask-APScheduler (`SCHEDULER_ALLOWED_HOSTS`).
    public var allowedHosts: [String]
    /// The names in the header `Host` that are answered. If `nil`, with an authentication all are; without one only
    /// `localhost` and addresses, since a name may be a foreign page's that leads to this machine (DNS rebinding).
    public var hosts: [String]?
    /// The most bytes of a request's body; a longer one is answered with 413.
    public var bodyLimit: Int
    /// The registered tasks that no job may be given over the API. By default those that run whatever their arguments
    /// say.
    public var hiddenTasks: Set<TaskName>

    /// Creates options; each has a default.
    public init(
        access: RESTAccess = .anybody(as: .viewer),
        allowedHosts: [String] = ["*"],
        hosts: [String]? = nil,
        bodyLimit: Int = 1_048_576,
        hiddenTasks: Set<TaskName> = ["shell", "http"]
    ) {
        self.access = access
        self.allowedHosts = allowedHosts
        self.hosts = hosts
        self.bodyLimit = bodyLimit
        self.hiddenTasks = hiddenTasks
    }
}
#endif
