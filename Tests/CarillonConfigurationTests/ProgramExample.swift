#if Configuration
import Carillon
import CarillonConfiguration
import CarillonSetup
import CarillonTriggers
import Foundation
import Testing

/// What `docs/configuration.md` shows of a program, run and compared with the page.
@Suite("A program with a configuration, as the documentation shows it")
struct ProgramExample {
    struct Person: Decodable { let name: String }

    private static let file = """
        SCHEDULER_JOBSTORES:
          default: sqlite:///jobs.sqlite
        SCHEDULER_EXECUTORS:
          default: {type: threadpool, max_workers: 20}
        SCHEDULER_JOB_DEFAULTS: {coalesce: true, max_instances: 3}
        SCHEDULER_TIMEZONE: Asia/Shanghai
        JOBS:
          - id: job1
            func: greet
            kwargs: {name: Ada}
            trigger: interval
            seconds: 10
        """

    private static let variables = [
        "SCHEDULER_JOBSTORES": "{default: 'sqlite:///jobs.sqlite'}",
        "SCHEDULER_EXECUTORS": "{default: {type: threadpool, max_workers: 20}}",
        "SCHEDULER_JOB_DEFAULTS": "{coalesce: true, max_instances: 3}",
        "SCHEDULER_TIMEZONE": "Asia/Shanghai",
        "SCHEDULER_JOBS":
            "[{id: job1, func: greet, kwargs: {name: Ada}, trigger: interval, seconds: 10}]",
    ]

    private static func values() throws -> Configuration {
        // shown: values
        let configuration = try Configuration([
            .values(
                [
                    "SCHEDULER_JOBSTORES": ["default": "sqlite:///jobs.sqlite"],
                    "SCHEDULER_EXECUTORS": ["default": ["type": "threadpool", "max_workers": 20]],
                    "SCHEDULER_JOB_DEFAULTS": ["coalesce": true, "max_instances": 3],
                    "SCHEDULER_TIMEZONE": "Asia/Shanghai",
                    "JOBS": [
                        [
                            "id": "job1", "func": "greet", "kwargs": ["name": "Ada"],
                            "trigger": "interval", "seconds": 10,
                        ]
                    ],
                ], name: "greeter")
        ])
        // shown
        return configuration
    }

    private static func run(_ configuration: Configuration, until end: () async throws -> Void) async throws {
        // shown: program
        let scheduler = try await BackgroundScheduler(configuration)
        try scheduler.register("greet") { (person: Person, context) in
            context.log("Hello, \(person.name)!")
        }
        let difference = try await scheduler.keepJobs(of: configuration)
        print("new: \(difference.added), changed: \(difference.changed), removed: \(difference.removed)")
        try await scheduler.start()
        // shown
        #expect(difference.added == ["job1"])
        let events = scheduler.events(EventFilter([.runEnded]))
        try await scheduler.runJob("job1")
        for await event in events {
            if case .runEnded(let id, let outcome, _) = event.kind, id.occurrence.kind == .manual {
                #expect(outcome == .succeeded)
                break
            }
        }
        #expect(try await scheduler.job("job1").job.definition.trigger.description.contains("10 seconds"))
        try await end()
        // shown: end
        await scheduler.shutdown(deadline: configuration.shutdownDeadline)
        try await scheduler.closeStores()
        // shown
    }

    @Test("It is the same from a file, from variables and from values", arguments: 0..<3)
    func forms(form: Int) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "carillon-tests-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "carillon.yaml")
        try Self.file.write(to: file, atomically: true, encoding: .utf8)
        var configuration =
            switch form {
            case 0: try Configuration([.file(file.path)])
            case 1: try Configuration([], environment: Self.variables)
            default: try Self.values()
            }
        #expect(configuration.jobStores.mapValues(\.address.description) == ["default": "sqlite:///jobs.sqlite"])
        #expect(configuration.executors == ["default": ExecutorSetting(type: .threadPool, maxWorkers: 20)])
        #expect(configuration.origins == [[file.path], [], ["greeter"]][form])
        let path = folder.appending(path: "jobs.sqlite").path
        configuration.jobStores["default"] = StoreSetting(.sqlite(path))
        try await Self.run(configuration) { #expect(FileManager.default.fileExists(atPath: path)) }
        // What SQLite keeps beside an open file is gone.
        #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
    }

    @Test("The documentation shows these very lines")
    func documentation() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        let page = try String(contentsOf: root.appending(path: "docs/configuration.md"), encoding: .utf8)
        let source = try String(contentsOf: URL(filePath: #filePath), encoding: .utf8)
        let parts = source.components(separatedBy: "\n        // shown")
        #expect(parts.count == 2 * 3 + 1)
        for (index, part) in parts.enumerated() where index % 2 == 1 {
            let text = part.split(separator: "\n").dropFirst().map { $0.dropFirst(8) }.joined(separator: "\n")
            #expect(page.contains(text), "\(text)")
        }
        #expect(page.contains(Self.file) && page.contains(Self.variables["SCHEDULER_JOB_DEFAULTS"] ?? "?"))
    }
}
#endif
