#if Web
public import Carillon
public import HummingbirdCore

/// Finds out who sends a request to a REST API.
///
///     struct Sessions: RESTAuthenticator {
///         let challenge = #"Session realm="Carillon""#
///         func role(of request: Request) async throws -> APIRole? { … }
///     }
///
/// It is asked for every request to a route that there is; its answer is not kept.
public protocol RESTAuthenticator: Sendable {
    /// What the header `WWW-Authenticate` of a refusal says (RFC 9110, section 11.6.1), with which a client can try again.
    var challenge: String { get }

    /// Returns what the sender may do; `nil` if it is not known who that is, which is answered with 401.
    ///
    /// - Throws: Any error, which is logged and answered with 500.
    func role(of request: Request) async throws -> APIRole?
}
#endif
