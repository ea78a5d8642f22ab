import Carillon
import CarillonTriggers

/// A request as it is sent.
struct Request {
    let method: String
    let target: RequestTarget
    /// Names and values.
    let headers: [(name: String, value: String)]
    let body: [UInt8]?
    let certificates: Certificates

    /// What another server than the one that a job names may know. Any other header may be a secret.
    private static let openHeaders: Set = [
        "accept", "accept-language", "content-type", "idempotency-key", "user-agent",
    ]

    private init(
        method: String, target: RequestTarget, headers: [(name: String, value: String)], body: [UInt8]?,
        certificates: Certificates
    ) {
        self.certificates = certificates
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
    }

    /// - Throws: `TaskFailure` where the address cannot be requested, or a certificate not be read.
    init(_ arguments: HTTPArguments, _ context: TaskContext) throws(TaskFailure) {
        target = try RequestTarget(arguments.url)
        certificates = try Certificates(arguments)
        var headers = arguments.headers.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        func add(_ name: String, _ value: String) {
            if !headers.contains(where: { $0.name.lowercased() == name.lowercased() }) { headers.append((name, value)) }
        }
        switch arguments.body ?? Self.report(arguments, context) {
        case .text(let text):
            body = Array(text.utf8)
            add("Content-Type", "text/plain; charset=utf-8")
        case .json(let value):
            body = Self.inOrder(value).bytes
            add("Content-Type", "application/json")
        case nil: body = nil
        }
        if let authorization = target.authorization { add("Authorization", authorization) }
        add("Idempotency-Key", "\(context.occurrence)")
        add("User-Agent", "Carillon")
        self.headers = headers
        method = arguments.method ?? (body == nil ? "GET" : "POST")
    }

    /// The report of the run that failed, where the request is made for that and may carry it.
    private static func report(_ arguments: HTTPArguments, _ context: TaskContext) -> HTTPArguments.Body? {
        guard !["GET", "HEAD"].contains(arguments.method), let failure = context.failure else { return nil }
        return .json(failure.json)
    }

    /// The same value with its keys in order, so that every attempt says the same, byte for byte: a server that knows the
    /// idempotency key may compare.
    private static func inOrder(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements): .array(elements.map(inOrder))
        case .object(let members):
            .object(members.map { JSONValue.Member($0.key, inOrder($0.value)) }.sorted { $0.key < $1.key })
        default: value
        }
    }

    /// The request that follows a redirection (RFC 9110, 15.4): of another origin it tells no secrets, and after a 303,
    /// or a 301 or 302 to a POST, it asks with GET for what there is.
    ///
    /// - Throws: `TaskFailure` where the address cannot be requested.
    func redirected(to address: String, status: Int) throws(TaskFailure) -> Request {
        let next: RequestTarget
        do throws(TaskFailure) {
            next = try RequestTarget(address)
        } catch {
            throw TaskFailure(.requestFailed, "status \(status) redirects to where nothing can be requested: \(error)")
        }
        var headers = headers
        var certificates = certificates
        if !next.hasSameOrigin(as: target) {
            certificates.client = nil
            certificates.clientKey = nil
            headers.removeAll { !Self.openHeaders.contains($0.name.lowercased()) }
        }
        let asks = status == 303 && method != "HEAD" || (status == 301 || status == 302) && method == "POST"
        if asks { headers.removeAll { $0.name.lowercased().hasPrefix("content-") } }
        return Request(
            method: asks ? "GET" : method, target: next, headers: headers, body: asks ? nil : body,
            certificates: certificates)
    }
}
