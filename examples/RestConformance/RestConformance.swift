#if Web
import Carillon
import CarillonHummingbird
import CarillonTriggers
import Foundation
import Hummingbird
import Logging

/// The server that `../shared/conformance/rest` judges: its README says what each configuration has.
///
///     CARILLON_DEVELOPMENT=1 swift run --traits Web RestConformance --port 5000 --config plain
///
/// It prints where it listens, and ends on SIGTERM and Ctrl-C. Port 0 is a free one.
@main
struct RestConformance {
    static func main() async throws {
        guard let arguments = Arguments(CommandLine.arguments.dropFirst()) else {
            FileHandle.standardError.write(Data((Arguments.usage + "\n").utf8))
            exit(64)
        }
        let setup = arguments.setup
        let scheduler = BackgroundScheduler(try setup.schedulerOptions)
        try registerTasks(scheduler)
        if arguments.setup == .configured { try declareJobs(scheduler) }
        let router = Router()
        router.add(middleware: ProblemMiddleware())
        router.addCarillon(scheduler, prefix: setup.prefix, setup.restOptions)
        let application = Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: arguments.port)),
            onServerRunning: { channel in
                print("http://127.0.0.1:\(channel.localAddress?.port ?? arguments.port)")
                fflush(nil)
            },
            logger: Logger(label: "web"))
        if setup != .hosts { try await scheduler.start() }
        try await application.runService()
        await scheduler.shutdown(.cancel, deadline: .seconds(1))
    }

    private static func declareJobs(_ scheduler: BackgroundScheduler) throws {
        let start = Moment(Instant(seconds: 1_924_992_000)).description
        try scheduler.declareJob(
            id: "once", task: "jobs:hello", arguments: ["name": "once"], trigger: try .date(start))
        try scheduler.declareJob(
            id: "often", task: "jobs:hello",
            trigger: try trigger(#"{"type": "interval", "minutes": 90, "start_date": "\#(start)"}"#))
        try scheduler.declareJob(
            id: "daily", task: "jobs:echo", arguments: AnyArguments(positional: [.integer(1), .string("two")]),
            trigger: try trigger(#"{"type": "cron", "hour": 5, "start_date": "\#(start)"}"#))
    }

    private static func trigger(_ json: String) throws -> Trigger {
        try JSONDecoder().decode(Trigger.self, from: Data(json.utf8))
    }
}
#else
@main
struct RestConformance {
    static func main() { print("build this example with --traits Web") }
}
#endif
