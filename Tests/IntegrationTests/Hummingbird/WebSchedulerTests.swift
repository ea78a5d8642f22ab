#if Web && Configuration
import Carillon
import CarillonConfiguration
import CarillonHummingbird
import CarillonLifecycle
import CarillonTriggers
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import ServiceLifecycle
import Testing

/// A scheduler that an application has as Flask has `APScheduler`.
@Suite(.timeLimit(.minutes(5))) struct WebSchedulerTests {
    private func configuration(_ text: String) throws -> Configuration {
        try Configuration([.text(text, name: "application")])
    }

    /// The stores' file, in a folder that is gone when the test is over.
    private func withStore(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "carillon-tests-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder.appending(path: "jobs.sqlite").path)
    }

    @Test("It has the configuration's store, executors and jobs once it is started, and again after a restart")
    func starts() async throws {
        try await withStore { path in
            let configuration = try configuration(
                """
                SCHEDULER_JOBSTORES: {default: 'sqlite:///\(path)'}
                SCHEDULER_EXECUTORS: {default: {type: threadpool, max_workers: 20}, slow: {type: tornado}}
                SCHEDULER_JOB_DEFAULTS: {max_instances: 3}
                SCHEDULER_TIMEZONE: Asia/Tokyo
                JOBS:
                - {id: job1, func: greet, kwargs: {name: Ada}, trigger: interval, hours: 1}
                - {id: job2, func: greet, kwargs: {name: Bob}, trigger: interval, hours: 1, executor: slow}
                """)
            let web = WebScheduler(BackgroundScheduler(daemon: true))
            try web.initApp(configuration, router: Router())
            let greeted = Signals<String>()
            try web.register("greet") { (arguments: [String: String], _) in greeted.send(arguments["name"] ?? "") }
            try web.declareJob(id: "own", trigger: .cron(hour: 9)) {}
            try await web.start()
            #expect(web.isRunning && web.scheduler.isRunning)
            #expect(Set([await greeted.next(), await greeted.next()]) == ["Ada", "Bob"])
            let jobs = try await web.jobs()
            #expect(jobs.map(\.job.id).sorted() == ["job1", "job2", "own"])
            let own = try #require(jobs.first { $0.job.id == "own" }?.job.definition)
            #expect(own.policies.maxInstances == 3 && own.trigger.json.description.contains("Asia/Tokyo"))
            #expect(FileManager.default.fileExists(atPath: path))
            let twice = await #expect(throws: CarillonError.self) { try await web.start() }
            #expect(twice?.code == .wrongState)
            await web.shutdown()
            try await web.start()
            #expect(try await web.jobs().count == 3)
            await web.shutdown()
            try await web.closeStores()
            #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
        }
    }

    @Test("An application runs it as a service, and drains it")
    func service() async throws {
        let web = WebScheduler()
        let router = Router()
        try web.initApp(try configuration("JOBS: [{id: job1, func: tell}]"), router: router)
        let told = Signals<Bool>()
        try web.register("tell") { told.send(true) }
        let application = Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            logger: Logger(label: "tests"))
        let group = application.serviceGroup(with: web)
        let running = Task { try await group.run() }
        #expect(await told.next() == true)
        await group.triggerGracefulShutdown()
        try await running.value
        #expect(!web.isRunning)
    }

    @Test("The REST API is there if the configuration says so, with its prefix, logins and machines")
    func restAPI() async throws {
        let web = WebScheduler()
        let router = Router(context: BareContext.self)
        try web.initApp(
            try configuration(
                """
                SCHEDULER_API_ENABLED: true
                SCHEDULER_API_PREFIX: /ops/cron/
                SCHEDULER_AUTH: 'admin:s3cret:colon'
                SCHEDULER_ALLOWED_HOSTS: ['*', elsewhere.invalid]
                JOBS: [{id: job1, func: tell, trigger: cron, hour: 5}]
                """),
            router: router)
        try web.register("tell") {}
        try await web.start()
        let api = RESTClient(router)
        #expect(try await api.send(.get, "/ops/cron/jobs").status == 401)
        let login: HTTPFields = [.authorization: "Basic \(Data("admin:s3cret:colon".utf8).base64EncodedString())"]
        let state = try await api.send(.get, "/ops/cron", headers: login)
        #expect(state["running"] == .bool(true) && state["allowed_hosts"]?.description == #"["*","elsewhere.invalid"]"#)
        #expect(try await api.send(.get, "/ops/cron/jobs/job1", headers: login)["hour"] == .string("5"))
        // The configuration's jobs are kept again when it is started again.
        #expect(try await api.send(.post, "/ops/cron/shutdown", headers: login).status == 204)
        #expect(try await api.send(.delete, "/ops/cron/jobs/job1", headers: login).status == 204)
        #expect(try await api.send(.post, "/ops/cron/start", headers: login).status == 204)
        #expect(try await api.send(.get, "/ops/cron/jobs/job1", headers: login).status == 200)
        await web.shutdown()
        let second = #expect(throws: CarillonError.self) { try web.initApp(Configuration(), router: router) }
        #expect(second?.code == .wrongState)
    }

    @Test("Without a login the API reads alone, unless the configuration says otherwise; without one there is none")
    func restAccess() async throws {
        for (text, status) in [("true", 403), ("true, local: admin", 204), ("false", 404)] {
            let web = WebScheduler()
            let router = Router(context: BareContext.self)
            try web.initApp(try configuration("api: {enabled: \(text)}"), router: router)
            try await web.start()
            #expect(try await RESTClient(router).send(.post, "/scheduler/pause").status == status)
            await web.shutdown()
        }
    }

    @Test("A start that was refused can be repeated; jobs in a store that would be let go are a reason to refuse it")
    func refusedStarts() async throws {
        try await withStore { path in
            let configuration = try configuration(
                "{jobstores: {default: 'sqlite:///\(path)'}, jobs: [{id: job1, func: greet}]}")
            let web = WebScheduler(AsyncScheduler())
            try web.initApp(configuration, router: Router())
            try await web.addJob(id: "early", trigger: .cron(hour: 1)) {}
            let lost = await #expect(throws: CarillonError.self) { try await web.start() }
            #expect(lost?.code == .wrongState)
            #expect(lost?.reason.hasPrefix("job 'early' was added to the job store 'default', whose") == true)
            try await web.removeJob("early")
            let missing = await #expect(throws: CarillonError.self) { try await web.start() }
            #expect(missing?.code == .invalidConfiguration && !web.isRunning)
            try web.register("greet") {}
            try await web.start()
            #expect(try await web.job("job1").store == "default")
            await web.shutdown()
            try await web.closeStores()
        }
    }

    @Test("A scheduler that runs takes no configuration, and takes one when it has been shut down")
    func running() async throws {
        let scheduler = BackgroundScheduler()
        try await scheduler.start()
        let web = WebScheduler(scheduler)
        let error = #expect(throws: CarillonError.self) { try web.initApp(Configuration(), router: Router()) }
        #expect(error?.code == .wrongState)
        await scheduler.shutdown()
        try web.initApp(try configuration("executors: {slow: async}"), router: Router())
        try await web.start()
        try await web.addJob(id: "a", trigger: .cron(hour: 1), JobOptions(executor: "slow")) {}
        await web.shutdown()
    }

    @Test("On a machine that is not allowed it does not start")
    func otherHost() async throws {
        let web = WebScheduler()
        try web.initApp(try configuration("SCHEDULER_ALLOWED_HOSTS: [elsewhere.invalid]"), router: Router())
        let error = await #expect(throws: CarillonError.self) { try await web.start() }
        #expect(error?.code == .hostNotAllowed && !web.isRunning)
    }
}
#endif
