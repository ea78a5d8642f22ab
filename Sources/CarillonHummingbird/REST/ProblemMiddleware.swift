#if Web
import HTTPTypes
public import Hummingbird

/// Answers paths that an application does not have, and HTTP errors of its other routes, in the form of the REST API's
/// errors (RFC 9457).
///
///     let router = Router()
///     router.add(middleware: ProblemMiddleware())
///     router.addCarillon(scheduler)
public struct ProblemMiddleware<Context: RequestContext>: RouterMiddleware {
    /// Creates the middleware.
    public init() {}

    /// See `RouterMiddleware`.
    public func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as any HTTPResponseError {
            let text = (error as? HTTPError)?.body
            let problem =
                text == nil && error.status == .notFound
                ? RESTProblem.noRoute : RESTProblem(error.status, text ?? error.status.reasonPhrase)
            return request.method == .head ? problem.response.createHeadResponse() : problem.response
        }
    }
}
#endif
