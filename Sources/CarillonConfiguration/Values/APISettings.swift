#if Configuration
public import Carillon

/// What a configuration says of the REST API and its views.
public struct APISettings: Hashable, Sendable {
    /// Whether there is an API: `SCHEDULER_API_ENABLED`, or else `SCHEDULER_VIEWS_ENABLED`, its older name.
    public var isEnabled = false
    /// `SCHEDULER_VIEWS_ENABLED` as it was given.
    public var viewsEnabled = false
    /// What the paths of the API begin with; `/` first, and none at the end.
    public var prefix = "/scheduler"
    /// What the names of endpoints begin with.
    public var endpointPrefix = "scheduler."
    /// Who may use it; where nothing is given, everybody may do what `local` says.
    public var authentication: APIAuthentication?
    /// What everybody may do who reaches the API, where nothing is said of who may use it.
    public var local = APIRole.viewer
    /// The names in the `Host` header that are answered; nothing where none are given.
    public var hosts: [String]?

    /// All defaults.
    public init() {}
}

/// Who may use the API.
public enum APIAuthentication: Hashable, Sendable {
    /// Those who know one of these passwords, by user name (RFC 7617).
    case basic(users: [String: Secret])
    /// Those who know this token (RFC 6750).
    case bearer(token: Secret)
}
#endif
