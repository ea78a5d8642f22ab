public import Carillon
import CarillonTriggers

/// The task `http`: makes a request, and fails where the answer is not the expected one.
///
/// Its arguments are `HTTPArguments`; docs/tasks.md tells all about it. It needs libcurl on the machine.
public struct HTTPTask: Sendable {
    /// What jobs call it.
    public let name: String

    /// Takes another name where two servers offer different things under it.
    public init(name: String = "http") { self.name = name }

    /// The most redirections that are followed.
    public static let redirectionLimit = 10

    func run(_ arguments: HTTPArguments, _ context: TaskContext) async throws -> HTTPResult {
        var request = try Request(arguments, context)
        let deadline = ContinuousClock.now + .seconds(arguments.timeout)
        for _ in 0...Self.redirectionLimit {
            let answer = try await Exchange(request, until: deadline, limit: arguments.timeout).answer()
            if !answer.statusLine.isEmpty { context.log(answer.statusLine) }
            if let problem = answer.problem {
                context.output(answer.body)
                throw problem
            }
            let isExpected = arguments.expect.contains { $0.covers(answer.status) }
            if !isExpected, let next = answer.redirection {
                request = try request.redirected(to: next, status: answer.status)
                context.log("redirected to \(request.target.name)")
                continue
            }
            context.output(answer.body)
            guard isExpected else { throw Self.failure(answer.status, arguments.expect) }
            return HTTPResult(status: answer.status)
        }
        throw TaskFailure(.requestFailed, "redirected more than \(Self.redirectionLimit) times")
    }

    private static func failure(_ status: Int, _ expected: [ExpectedStatus]) -> TaskFailure {
        let all = expected.map(\.description).joined(separator: ", ")
        return TaskFailure(.unexpectedStatus, "status \(status), expected \(all)")
    }
}

/// What the task `http` returns.
public struct HTTPResult: Hashable, Sendable, Codable {
    /// The status of the answer.
    public let status: Int
}

extension TaskHost {
    /// Registers the task that makes requests.
    ///
    /// - Throws: `CarillonError` with `invalidName`.
    public func register(_ task: HTTPTask) throws(CarillonError) {
        try register(task.name) { (arguments: HTTPArguments, context: TaskContext) async throws -> HTTPResult in
            try await task.run(arguments, context)
        }
    }
}
