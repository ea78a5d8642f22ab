#if Web
import Carillon
import CarillonTriggers
import HTTPTypes

/// Why a request is refused (RFC 9457), with the key that clients of Flask-APScheduler read.
struct RESTProblem: Error {
    let status: HTTPResponse.Status
    /// What is wrong, for a person.
    let message: String
    var headers: HTTPFields = [:]

    init(_ status: HTTPResponse.Status, _ message: String) {
        self.status = status
        self.message = message
    }

    /// Something that a key of the body says is refused.
    static func wrong(_ key: String, _ reason: String) -> RESTProblem {
        RESTProblem(.unprocessableContent, "\(key): \(reason)")
    }

    /// There is no job of an id.
    static func noJob(_ id: String) -> RESTProblem { RESTProblem(.notFound, "Job \(id) not found") }

    /// A method that a route does not have, with those that it has.
    static func method(_ method: HTTPRequest.Method, allowed: [HTTPRequest.Method]) -> RESTProblem {
        let names = allowed.map(\.rawValue).joined(separator: ", ")
        var problem = RESTProblem(.methodNotAllowed, "\(method.rawValue) is not possible here; \(names) are")
        problem.headers[.allow] = names
        return problem
    }

    static let notRunning = RESTProblem(.badRequest, "Scheduler is not running")
    static let alreadyRunning = RESTProblem(.badRequest, "Scheduler is already running")
    static let noRoute = RESTProblem(.notFound, "there is nothing at this path")

    var json: JSONValue {
        .object([
            JSONValue.Member("type", .string("about:blank")),
            JSONValue.Member("title", .string(status.reasonPhrase.isEmpty ? "Error" : status.reasonPhrase)),
            JSONValue.Member("status", .integer(Int64(status.code))),
            JSONValue.Member("detail", .string(message)),
            JSONValue.Member("error_message", .string(message)),
        ])
    }
}

extension RESTProblem {
    /// The problem that an error of the scheduler is to a client; nothing of what only its operator may know.
    ///
    /// - Parameter id: The job that was asked for.
    init(_ error: CarillonError, of id: JobID? = nil) {
        switch error.code {
        case .jobNotFound: self = id.map { .noJob($0.description) } ?? RESTProblem(.notFound, error.reason)
        case .jobExists: self.init(.conflict, id.map { "Job \($0) already exists." } ?? error.reason)
        case .jobChanged:
            self.init(.conflict, "the job was changed by others at the same time; read it and try again")
        case .jobUnreadable:
            self.init(.conflict, "the job cannot be read by this server; its operator has to repair it")
        case .invalidName, .invalidPolicy, .invalidRange, .invalidArguments, .unresolvedArguments, .aliasNotFound,
            .taskNotFound:
            self.init(.unprocessableContent, error.reason)
        case .wrongState: self.init(.conflict, "the scheduler is being started or stopped; try again")
        case .storeUnavailable, .storeReadOnly, .storeFull:
            self.init(.serviceUnavailable, "the job store cannot do this at the moment; the server's log says why")
        default: self.init(.internalServerError, "the server could not do this; its log says why")
        }
    }

    /// Whether the reason is in the server's log alone.
    var isInternal: Bool { status.code >= 500 }
}
#endif
