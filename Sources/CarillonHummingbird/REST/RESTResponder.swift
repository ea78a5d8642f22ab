#if Web
import Carillon
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging

/// Answers the requests below the prefix of a REST API.
struct RESTResponder<Context: RequestContext>: HTTPResponder {
    let access: RESTAccess
    let origin: RequestOrigin
    let bodyLimit: Int
    let schedulerRoutes: SchedulerRoutes
    let jobRoutes: JobRoutes
    let logger: Logger

    func respond(to request: Request, context: Context) async throws -> Response {
        let response: Response
        do throws(RESTProblem) {
            response = try await answer(request, context.parameters.getCatchAll())
        } catch {
            response = error.response
        }
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func answer(_ request: Request, _ segments: [Substring]) async throws(RESTProblem) -> Response {
        try origin.check(request)
        // Hummingbird takes paths with empty segments for those without; here they are others.
        let path = request.uri.path
        guard !path.hasSuffix("/"), !path.contains("//"), let route = RESTRoute(segments) else {
            throw .noRoute
        }
        let methods = route.methods
        guard methods.contains(request.method) else { throw .method(request.method, allowed: methods) }
        if request.method == .options {
            return Response(
                status: .noContent, headers: [.allow: methods.map(\.rawValue).joined(separator: ", ")])
        }
        try await admit(request, to: route)
        return try await perform(request, route)
    }

    /// - Throws: `RESTProblem` if the sender is not known, or may not do this.
    private func admit(_ request: Request, to route: RESTRoute) async throws(RESTProblem) {
        let needed = route.role(for: request.method)
        let role: APIRole
        switch access.rule {
        case .anybody(let everybody): role = everybody
        case .authenticated(let authenticator):
            let found: APIRole?
            do {
                found = try await authenticator.role(of: request)
            } catch {
                logger.error("a request could not be authenticated", metadata: ["error": "\(error)"])
                throw RESTProblem(
                    .internalServerError, "the sender could not be authenticated; the server's log says why")
            }
            guard let found else {
                var problem = RESTProblem(.unauthorized, "a login is needed here, and this is none that is known")
                problem.headers[.wwwAuthenticate] = authenticator.challenge
                throw problem
            }
            role = found
        }
        guard role >= needed else {
            throw RESTProblem(
                .forbidden,
                "this takes the role '\(needed.rawValue)', and the sender has '\(role.rawValue)'; whoever runs the server can set a login (api.auth) or let everybody do it (api.local)"
            )
        }
    }

    private func perform(_ request: Request, _ route: RESTRoute) async throws(RESTProblem) -> Response {
        switch (route, request.method) {
        case (.scheduler, _): return Response.json(.ok, await schedulerRoutes.show())
        case (.command(let command), _):
            switch command {
            case .pause: try await schedulerRoutes.pause()
            case .resume: try await schedulerRoutes.resume()
            case .start: try await schedulerRoutes.start()
            case .shutdown: try await schedulerRoutes.shutdown(try await body(of: request))
            }
            return Response(status: .noContent)
        case (.jobs, .post): return Response.json(.ok, try await jobRoutes.add(try await body(of: request)))
        case (.jobs, _): return Response.json(.ok, try await jobRoutes.list())
        case (.job(let id), .patch):
            return Response.json(.ok, try await jobRoutes.change(id, try await body(of: request)))
        case (.job(let id), .delete):
            try await jobRoutes.remove(id)
            return Response(status: .noContent)
        case (.job(let id), _): return Response.json(.ok, try await jobRoutes.show(id))
        case (.jobCommand(let id, let command), _):
            switch command {
            case .pause: return Response.json(.ok, try await jobRoutes.pause(id))
            case .resume: return Response.json(.ok, try await jobRoutes.resume(id))
            case .run: return Response.json(.ok, try await jobRoutes.run(id))
            }
        }
    }

    /// The body of a request.
    ///
    /// - Throws: `RESTProblem` with 413 if it is too long, or 415 if it says that it is something else than JSON.
    private func body(of request: Request) async throws(RESTProblem) -> [UInt8] {
        let tooLong = RESTProblem(.contentTooLarge, "the body is longer than \(bodyLimit) bytes")
        if let length = request.headers[.contentLength].flatMap(Int.init), length > bodyLimit { throw tooLong }
        var bytes: [UInt8] = []
        do {
            for try await buffer in request.body {
                bytes += buffer.readableBytesView
                if bytes.count > bodyLimit { break }
            }
        } catch {
            throw RESTProblem(.badRequest, "the body could not be read to its end")
        }
        if bytes.count > bodyLimit { throw tooLong }
        if !bytes.isEmpty, let type = request.headers[.contentType], !Self.isJSON(type) {
            throw RESTProblem(
                .unsupportedMediaType,
                "the body is '\(type.prefix(100))'; send JSON, with 'Content-Type: application/json'")
        }
        return bytes
    }

    /// Whether a media type is JSON (RFC 6839, section 3.1).
    private static func isJSON(_ type: String) -> Bool {
        let essence = type.prefix { $0 != ";" }.filter { !$0.isWhitespace }.lowercased()
        return essence.isEmpty || essence == "application/json"
            || essence.hasPrefix("application/") && essence.hasSuffix("+json")
    }
}

extension RESTRoute {
    /// What a caller has to be for it.
    fileprivate func role(for method: HTTPRequest.Method) -> APIRole {
        switch self {
        case .jobCommand, .command(.pause), .command(.resume): .operator
        case .command(.start), .command(.shutdown): .admin
        case .scheduler, .jobs, .job: method == .get || method == .head ? .viewer : .admin
        }
    }
}
#endif
