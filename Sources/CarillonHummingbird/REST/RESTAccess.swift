#if Web
public import Carillon

/// Who may use a REST API, and for what.
///
///     router.addCarillon(scheduler, RESTOptions(access: .basic(["admin": password])))
public struct RESTAccess: Sendable {
    enum Rule: Sendable {
        case anybody(APIRole)
        case authenticated(any RESTAuthenticator)
    }

    let rule: Rule

    private init(_ rule: Rule) { self.rule = rule }

    /// Whoever reaches the server may do what a role may. Jobs can then be added by every program of the machine, if
    /// that is `admin`.
    public static func anybody(as role: APIRole) -> RESTAccess { RESTAccess(.anybody(role)) }

    /// HTTP Basic (RFC 7617): those who know the password of one of these users may do everything.
    ///
    /// - Parameter users: The passwords by user name. A name is not empty and has no colon, which nobody could send.
    public static func basic(_ users: [String: String]) -> RESTAccess {
        .authenticated(by: BasicAuthenticator(users))
    }

    /// A bearer token (RFC 6750): those who know it may do everything.
    public static func bearer(_ token: String) -> RESTAccess { .authenticated(by: BearerAuthenticator(token)) }

    /// An authenticator of your own.
    public static func authenticated(by authenticator: any RESTAuthenticator) -> RESTAccess {
        RESTAccess(.authenticated(authenticator))
    }
}
#endif
