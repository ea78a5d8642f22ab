#if Web
import Carillon
import CarillonHummingbird
import CarillonTriggers
import Hummingbird
import ServiceLifecycle

/// Any free port, so that the pieces can be tried beside each other.
private let settings = ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0))

@Sendable func tornadoScheduler() async throws {
    let scheduler = HummingbirdScheduler()
    try scheduler.declareJob(trigger: .interval(seconds: 3)) { await fetch() }
    let router = Router()
    router.get("/") { _, _ in "Hello" }
    let application = Application(router: router, configuration: settings)
    try await application.runService(with: scheduler)
}

@Sendable func streamsThatEnd() async throws {
    let scheduler = HummingbirdScheduler()
    let events = scheduler.events()
    let router = Router()
    router.get("/events") { _, _ in
        Response(
            status: .ok,
            body: ResponseBody { writer in
                for await event in events.cancelOnGracefulShutdown() {
                    try await writer.write(ByteBuffer(string: "\(event)\n"))
                }
                try await writer.finish(nil)
            })
    }
    try scheduler.declareJob(trigger: .interval(seconds: 3)) { tick() }
    let application = Application(router: router, configuration: settings)
    try await application.runService(with: scheduler)
}
#endif

#if Web && Configuration
import CarillonConfiguration
import CarillonSetup

@Sendable func flaskScheduler() async throws {
    let values: JSONValue = [
        "JOBS": [["id": "job1", "func": "count", "trigger": "interval", "seconds": 3]]
    ]
    let configuration = try Configuration([.values(values, name: "program")])
    let web = WebScheduler(BackgroundScheduler(daemon: true))
    try registerTasks(web)
    let router = Router()
    try web.initApp(configuration, router: router)
    let application = Application(router: router, configuration: settings)
    try await application.runService(with: web)
}
#endif
