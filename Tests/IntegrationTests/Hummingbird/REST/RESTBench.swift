#if Web
import Carillon
import CarillonHummingbird
import CarillonTesting
import CarillonTriggers
import HTTPTypes
import Hummingbird
import Logging

/// A REST API without a network: a scheduler on a clock that does not move, and requests to its router.
struct RESTBench {
    typealias Answer = RESTClient.Answer

    /// 2030-06-01T12:00:00Z.
    static let now = Instant(seconds: 1_906_545_600)

    let scheduler: BackgroundScheduler
    let ran = Signals<String>()
    private let client: RESTClient

    /// - Parameter isStarted: Whether the scheduler is started.
    init(
        prefix: String = "/scheduler", rest: RESTOptions = RESTOptions(access: .anybody(as: .admin)),
        isStarted: Bool = true, _ change: (inout SchedulerOptions) throws -> Void = { _ in }
    ) async throws {
        var options = SchedulerOptions(clock: ManualClock(now: Self.now))
        options.logger.logLevel = .critical
        try change(&options)
        scheduler = BackgroundScheduler(options)
        let router = Router(context: BareContext.self)
        router.addCarillon(scheduler, prefix: prefix, rest)
        client = RESTClient(router)
        try scheduler.register("greet") { [ran] (greeting: Greeting, _) in ran.send(greeting.name ?? "world") }
        try scheduler.register("echo") { (_: AnyArguments, _) in }
        try scheduler.register("by name") { (_: [String: JSONValue], _) in }
        try scheduler.register("shell") {}
        if isStarted { try await scheduler.start() }
    }

    struct Greeting: PositionalArguments {
        static let argumentOrder = ["name", "times"]
        var name: String?
        var times: Int?
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, headers: HTTPFields = [:],
        host: String? = "localhost"
    ) async throws -> Answer {
        try await client.send(method, path, body, headers: headers, host: host)
    }

    /// Adds a job with an hourly interval from 2031 on, and more keys.
    @discardableResult
    func add(_ more: String = "", id: String = "a") async throws -> Answer {
        try await send(
            .post, "/scheduler/jobs",
            #"{"id": "\#(id)", "func": "greet", "trigger": "interval", "hours": 1, "start_date": "2031-01-01T00:00:00Z"\#(more)}"#
        )
    }

    /// Adds a job without a trigger of the bench's.
    func post(_ more: String) async throws -> Answer {
        try await send(.post, "/scheduler/jobs", #"{"id": "a", "func": "greet"\#(more)}"#)
    }

    func job(_ id: String = "a") async throws -> Answer { try await send(.get, "/scheduler/jobs/\(id)") }

    func patch(_ body: String) async throws -> Answer { try await send(.patch, "/scheduler/jobs/a", body) }
}
#endif
