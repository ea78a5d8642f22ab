#if Configuration
import Carillon
import CarillonConfiguration
import CarillonSQLite
import CarillonSetup
import CarillonTriggers
import Foundation
import Synchronization
import Testing

@Suite("Schedulers made from a configuration")
struct ConfiguredSchedulerTests {
    /// A folder that is gone when the test is over.
    private final class Folder: Sendable {
        let path = FileManager.default.temporaryDirectory.appending(path: "carillon-tests-\(UUID())").path

        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func write(_ text: String, to name: String = "c.yaml") throws -> String {
            try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
            return "\(path)/\(name)"
        }
    }

    /// The stores that a test has opened.
    private final class Opened: Sendable {
        let stores = Mutex<[SQLiteJobStore]>([])
    }

    private func isPaused(_ job: Job) -> Bool { if case .paused = job.state { true } else { false } }

    private func ids(_ listed: [JobID]) -> [String] { listed.map(\.description).sorted() }

    @Test("The jobs of a file are kept in an SQLite file: added, changed, removed, and left where nothing changed")
    func keptJobs() async throws {
        let folder = try Folder()
        func configuration(_ jobs: String) throws -> Configuration {
            let text = "{jobstores: {default: 'sqlite:///\(folder.path)/jobs.sqlite'}, jobs: \(jobs)}"
            return try Configuration([.file(try folder.write(text))])
        }
        let first = try configuration("[{id: a, func: t, cron: '0 1 * * *'}, {id: b, func: t, cron: '0 2 * * *'}]")
        let scheduler = try await AsyncScheduler(first)
        try scheduler.register("t") {}
        let added = try await scheduler.keepJobs(of: first)
        #expect(ids(added.added) == ["a", "b"] && added.changed.isEmpty && added.removed.isEmpty)
        try await scheduler.closeStores()

        let second = try configuration("[{id: a, func: t, cron: '0 3 * * *'}, {id: c, func: t, paused: true}]")
        let again = try await AsyncScheduler(second)
        try again.register("t") {}
        // A job of somebody else's.
        try await again.addJob(id: "own", task: "t", trigger: .cron(hour: 1))
        let changed = try await again.keepJobs(of: second)
        #expect(ids(changed.added) == ["c"] && ids(changed.changed) == ["a"] && ids(changed.removed) == ["b"])
        #expect(try await again.keepJobs(of: second).isEmpty)
        #expect(isPaused(try await again.job("c").job))

        // It has no jobs any more, and those that it had are its own all the same.
        let third = try configuration("[]")
        #expect(ids(try await again.keepJobs(of: third).removed) == ["a", "c"])
        #expect(try await again.job("own").job.id == "own")
        try await again.closeStores()
    }

    @Test("A job that is no longer paused is resumed if the former configuration is told")
    func resumed() async throws {
        let paused = try read("jobs: [{id: a, func: t, cron: '0 1 * * *', paused: true}]")
        let active = try read("jobs: [{id: a, func: t, cron: '0 1 * * *'}]")
        let scheduler = try await AsyncScheduler(paused)
        try scheduler.register("t") {}
        try await scheduler.keepJobs(of: paused)
        // A person may have paused it.
        #expect(try await scheduler.keepJobs(of: active).isEmpty)
        #expect(isPaused(try await scheduler.job("a").job))
        #expect(ids(try await scheduler.keepJobs(of: active, replacing: paused).changed) == ["a"])
        #expect(try await scheduler.job("a").job.state == .active)
    }

    @Test("Each job that cannot be run is told of at its place, and none is added")
    func wrongJobs() async throws {
        let configuration = try read(
            """
            jobs:
            - {id: right, func: t}
            - {id: a, func: tt, cron: '0 1 * * *'}
            - {id: b, func: t, on_failure: g}
            - {id: c, func: wants, kwargs: {number: x}}
            """)
        let scheduler = try await AsyncScheduler(configuration)
        try scheduler.register("t") {}
        try scheduler.register("wants") { (_: [String: Int], _) in }
        let error = await #expect(throws: CarillonError.self) { try await scheduler.keepJobs(of: configuration) }
        #expect(error?.code == .invalidConfiguration)
        let lines = error?.reason.split(separator: "\n").map(String.init) ?? []
        let expected = [
            "f:3:11: job 'a': no task 'tt' is registered; did you mean 't'?",
            "f:4:20: job 'b': on_failure: no task 'g' is registered",
            "f:5:24: job 'c': the arguments do not decode",
        ]
        #expect(lines.count == 3)
        for (line, words) in zip(lines, expected) { #expect(line.hasPrefix(words), "\(lines)") }
        #expect(try await scheduler.jobs().isEmpty)
    }

    @Test("The defaults of jobs, the zone and the lease are the configuration's")
    func settings() async throws {
        let configuration = try read(
            "{timezone: Asia/Tokyo, lease: 20, job_defaults: {max_instances: 3}, executors: {slow: {type: async}}}")
        let options = try await SchedulerOptions(configuration)
        #expect(options.zone.identifier == "Asia/Tokyo" && options.lease == .seconds(20))
        #expect(options.policies.maxInstances == 3)
        #expect(options.executors.mapValues(\.capacity) == ["slow": 1000] && options.stores.isEmpty)
    }

    @Test("Each type of executor that is built in is made with its number of workers")
    func executors() async throws {
        for type in SchedulerParts.builtIn.executors where type != .processPool {
            let given = try await SchedulerOptions(read("executors: {a: {type: \(type.rawValue), max_workers: 7}}"))
            let usual = try await SchedulerOptions(read("executors: {a: \(type.rawValue)}"))
            #expect(given.executors["a"]?.capacity == (type == .debug ? 1 : 7), "\(type)")
            #expect(usual.executors["a"]?.capacity == type.defaultWorkers ?? 1, "\(type)")
        }
        #if os(Linux) && NIO
        #expect(SchedulerParts.builtIn.executors == ExecutorType.allCases)
        #endif
    }

    @Test("A store or an executor that is not built in is refused in the same words as before, and nothing stays open")
    func notBuiltIn() async throws {
        let folder = try Folder()
        let opened = Opened()
        var parts = SchedulerParts.core
        parts.setOpener(of: .sqlite) { (setting) async throws(CarillonError) in
            let store = try await SQLiteJobStore(path: setting.address.path ?? "")
            opened.stores.withLock { $0.append(store) }
            return store
        }
        let address = try StoreAddress("postgresql://u:secret@h/d")
        var configuration = Configuration()
        configuration.jobStores = [
            "default": StoreSetting(.sqlite("\(folder.path)/a.sqlite")),
            "more": StoreSetting(.sqlite("\(folder.path)/b.sqlite")),
            "none": StoreSetting(address),
        ]
        let (wrong, opening) = (configuration, parts)
        let error = await #expect(throws: CarillonError.self) {
            _ = try await BackgroundScheduler(wrong, parts: opening)
        }
        #expect(error == address.notBuiltIn && error?.reason.contains("secret") == false)
        let stores = opened.stores.withLock { $0 }
        #expect(stores.count == 2)
        for store in stores {
            let closed = await #expect(throws: CarillonError.self) { _ = try await store.earliest(of: nil) }
            #expect(closed?.code == .storeUnavailable)
        }

        let kind = try read("executors: {a: tornado}")
        let refusal = await #expect(throws: CarillonError.self) {
            _ = try await ElasticScheduler(kind, parts: .core)
        }
        #expect(
            refusal
                == ExecutorSetting(type: .eventLoop).notBuiltIn(alias: "a", builtIn: SchedulerParts.core.executors))
    }

    @Test("A configuration for other machines makes no scheduler")
    func otherHost() async throws {
        let configuration = try read("allowed_hosts: [elsewhere.invalid]")
        let error = await #expect(throws: CarillonError.self) { _ = try await BackgroundScheduler(configuration) }
        #expect(error?.code == .hostNotAllowed && error?.reason.hasPrefix("allowed_hosts: this machine, '") == true)
        var here = configuration
        here.allowedHosts.append(ProcessInfo.processInfo.hostName)
        _ = try await BackgroundScheduler(here)
    }

    @Test("A program's own maker takes the place of one that is built in")
    func ownMaker() async throws {
        var parts = SchedulerParts.builtIn
        parts.setMaker(of: .threadPool) { ThreadPoolExecutor(maxWorkers: min($0.workers, 2)) }
        let options = try await SchedulerOptions(read("executors: {a: threadpool}"), parts: parts)
        #expect(options.executors["a"]?.capacity == 2)
    }

    @Test("A scheduler on the calling thread is made, filled and run without a single await")
    func blocking() async throws {
        let folder = try Folder()
        let configuration = try read(
            "{jobstores: {default: 'sqlite:///\(folder.path)/jobs.sqlite'}, jobs: [{id: a, func: t}]}")
        let result: Result<(JobsDifference, Int), any Error> = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    returning: Result {
                        let runs = Mutex(0)
                        let scheduler = try BlockingScheduler(configuration)
                        try scheduler.register("t") { runs.withLock { $0 += 1 } }
                        let difference = try scheduler.keepJobs(of: configuration)
                        try scheduler.start(untilIdle: true)
                        return (difference, runs.withLock { $0 })
                    })
            }
        }
        let (difference, runs) = try result.get()
        #expect(ids(difference.added) == ["a"] && runs == 1)
    }

    @Test("Stores are not closed under a scheduler that runs")
    func closing() async throws {
        let scheduler = try await BackgroundScheduler(Configuration())
        try await scheduler.start()
        let error = await #expect(throws: CarillonError.self) { try await scheduler.closeStores() }
        #expect(error?.code == .wrongState)
        await scheduler.shutdown()
        try await scheduler.closeStores()
    }

    @Test("What is wrong with values of a program is told by its key, without a line that nobody sees")
    func values() throws {
        let lines = problemLines { () throws(ConfigurationError) in
            _ = try Configuration([
                .values(
                    [
                        "SCHEDULER_EXECUTORS": ["default": ["type": "treadpool"]],
                        "JOBS": [["id": "a", "func": "t", "trigger": "interval", "secnds": 10]],
                        "colour": "\("red")",
                    ], name: "mine")
            ])
        }
        #expect(lines.count == 3)
        #expect(lines.allSatisfy { $0.hasPrefix("mine: ") && !$0.contains(":0") }, "\(lines)")
        let type = "mine: SCHEDULER_EXECUTORS.default.type: 'treadpool' is not"
        #expect(lines.contains { $0.hasPrefix(type) }, "\(lines)")
        let read = try Configuration([
            .values(
                [
                    "api": ["enabled": true, "hosts": .null], "lease": 2.5,
                    "jobs": [["id": "é\"\\", "func": "t", "kwargs": ["bell": "\u{7}"]]],
                ], name: "mine")
        ])
        #expect(read.api.isEnabled && read.lease == .milliseconds(2500) && read.jobs.first?.origin == "mine")
        let job = try #require(read.jobs.first)
        let error = #expect(throws: CarillonError.self) { try AsyncScheduler().checkJobs(of: read) }
        #expect(error?.reason.hasPrefix("mine: job 'é\"\\': no task 't' is registered") == true)
        #expect(job.place.description == "mine" && job.id == "é\"\\" && arguments(job) == #"{"bell":"\u0007"}"#)
    }
}
#endif
