#if Macros
import Carillon
import CarillonSQLite
import CarillonTesting
import CarillonTriggers
import Foundation
import Synchronization
import Testing

/// Jobs of decorated functions. They are in programs of their own, since those of a test would be in every test.
@Suite(.timeLimit(.minutes(10))) struct DecorationTests {
    /// Runs `DecorationsWorker`, with settings in its environment.
    private func worker(_ arguments: String..., settings: [String: String] = [:]) async throws -> [String] {
        let settings = settings.map { ("DECORATIONS_\($0.key)", $0.value) }
        return try await Program(name: "DecorationsWorker")
            .output(arguments, settings: Dictionary(uniqueKeysWithValues: settings))
    }

    @Test("Functions of every kind run: sync, async, throwing, with a context, static, of an actor, several times")
    func kinds() async throws {
        let lines = try await worker("run")
        for line in [
            "blocking", "suspending", "both", "context of withContext", "label of withLabel", "on the main actor",
            "several as every hour", "several as every two hours", "static", "static of an actor", "static of none",
            "static of a group", "once", "throwing: DecorationsWorker.throwing, next 2027-01-15T09:00:00+00:00",
            "static: DecorationsWorker.Outer.Inner.member, next 2027-01-15T09:00:00+00:00",
        ] {
            #expect(lines.contains(line))
        }
        // A method of a group has no instance before it is added.
        #expect(!lines.contains { $0.hasPrefix("digest") })
    }

    @Test("Every policy and place that a decoration gives is the job's")
    func policies() async throws {
        let lines = try await worker("policies")
        let policies = """
            misfire_grace_time 30, coalesce "all", max_instances 3, at_limit "queue", retry {"count":2,"delay":1}, \
            timeout 90, recovery "markLost", priority 7, history {"runs":5,"days":6}, \
            on_failure "DecorationsWorker.blocking"
            """
        #expect(lines.contains(policies))
        #expect(lines.contains(#"["a", "b"] second second"#))
        let job = try #require(lines.first { $0.hasPrefix("all policies ") })
        #expect(job.contains(#""All policies""#))
        #expect(job.contains("at 09:30, Berlin time, up to 5 seconds later at random, store second"))
    }

    @Test("At the next start a job without a decoration goes, another trigger begins anew, and a date stays ended")
    func nextStart() async throws {
        let file = DatabaseFile()
        let first = try await worker("run", file.path)
        #expect(first.contains("changing: DecorationsWorker.changing, next 2027-01-15T08:10:00+00:00"))
        #expect(first.contains("first: DecorationsWorker.comesAndGoes, next 2027-01-15T09:00:00+00:00"))
        #expect(first.contains("once: DecorationsWorker.once, ended"))
        #expect(first.filter { $0 == "once" }.count == 1)

        let second = try await worker("run", file.path, "1", settings: ["ID": "second", "MINUTES": "7"])
        #expect(second.contains("changing: DecorationsWorker.changing, next 2027-01-15T09:07:00+00:00"))
        #expect(second.contains("second: DecorationsWorker.comesAndGoes, next 2027-01-15T10:00:00+00:00"))
        #expect(!second.contains { $0.hasPrefix("first:") })
        #expect(second.contains("once: DecorationsWorker.once, ended"))
        #expect(!second.contains("once"))
        // The others go on: they were due at nine, as they are.
        #expect(second.contains("blocking: DecorationsWorker.blocking, next 2027-01-15T10:00:00+00:00"))
    }

    @Test("Jobs of other origins are left alone")
    func otherOrigins() async throws {
        let file = DatabaseFile()
        _ = try await worker("other origins", file.path)
        let lines = try await worker("list", file.path, settings: ["ID": "second"])
        #expect(lines.contains { $0.hasPrefix("own: task, ") })
        #expect(lines.contains { $0.hasPrefix("of a file: task, ") })
        #expect(!lines.contains { $0.hasPrefix("first: ") })
    }

    @Test("An id that two functions have is refused by the start, with both places")
    func duplicates() async throws {
        let lines = try await worker("list", settings: ["TWIN": "other"])
        let error = """
            error: job 'twin' is decorated twice, at DecorationsWorker/Kinds.swift:11 and at \
            DecorationsWorker/Kinds.swift:12; give one another id
            """
        #expect(lines == [error])
    }

    @Test("A second scheduler is not started with the jobs that the first one has, until that is shut down")
    func twoSchedulers() async throws {
        let lines = try await worker("two schedulers")
        #expect(lines.contains { $0.contains("another scheduler of this program has added its decorated jobs") })
        #expect(lines.contains("started after the first"))
    }

    @Test("A job that is added after the start runs beside them")
    func addedLater() async throws {
        #expect(try await worker("added later").contains("later"))
    }

    @Test("Tasks with parameters have their arguments, defaults, results, retries and contexts")
    func tasks() async throws {
        let lines = try await worker("tasks")
        for line in [
            "report ops 5", "no parameters", #"member ["a", "b"] member"#,
        ] {
            #expect(lines.contains(line))
        }
        #expect(lines.contains { $0.hasPrefix("main/") && $0.hasSuffix(": succeeded after 0 seconds 4") })
        // The keys of an object have no order.
        let stored = [#"{"recipient":"ops","depth":3}"#, #"{"depth":3,"recipient":"ops"}"#]
        #expect(lines.contains(where: stored.contains))
        // One that was `nil` is stored as that, and has not its default.
        #expect(lines.filter { $0 == #"full /tmp ops Main Street 0 a, "b" [1, 2]"# }.count == 2)
        let outcomes = lines.filter { $0.hasPrefix("full/") }.sorted()
        #expect(outcomes.count == 2)
        #expect(outcomes.first?.contains("/1: failed") == true)
        #expect(outcomes.last?.contains("/2: succeeded") == true && outcomes.last?.contains(#""attempt":2"#) == true)
    }

    @Test("Stored jobs are read though parameters were added and renamed; one that fits no more is parked")
    func storedTasks() async throws {
        let file = DatabaseFile()
        let start = Instant(seconds: 1_800_000_000)
        let store = try await SQLiteJobStore(path: file.path, clock: { start })
        func job(_ id: String, _ task: String, _ arguments: String) throws -> NewJob {
            let definition = JobDefinition(
                task: try TaskName(task), arguments: Array(arguments.utf8), trigger: .date(start))
            return NewJob(id: try JobID(id), definition: definition, added: start)
        }
        let report = "DecorationsWorker.report"
        _ = try await store.insert([
            try job("stored before a parameter", report, #"{"recipient":"ops"}"#),
            try job("stored with a former name", "reports.full", #"{"path":"/","addressee":"ops","was":1}"#),
            try job("stored with a wrong type", report, #"{"recipient":"ops","depth":"deep"}"#),
            try job("stored without a parameter", report, #"{"to":"ops"}"#),
        ])
        let lines = try await worker("stored tasks", file.path)
        #expect(lines.contains("report ops 3"))
        #expect(lines.contains(#"full / ops - 3 a, "b" [1, 2]"#))
        let parked = lines.filter { $0.contains("parked: ") }
        #expect(parked.count == 2)
        #expect(parked.contains { $0.contains("wrong type") && $0.contains("at 'depth' a whole number is expected") })
        #expect(parked.contains { $0.contains("without a parameter") && $0.contains("the key 'recipient' is missing") })
    }

    @Test("Methods of structs, classes and actors run on the instance that was added")
    func groups() async throws {
        let lines = try await worker("groups")
        for line in [
            "digest by a", "mail first by a", "clean", "tally 1", "tally 2", "tally of none", "window", "boxed 3",
            "digest at night: DecorationsWorker.Mailer.send, next 2027-01-16T02:00:00+00:00",
            "boxed: DecorationsWorker.Boxed.show, next 2027-01-15T09:00:00+00:00",
        ] {
            #expect(lines.contains(line))
        }
        #expect(lines.filter { $0 == "static of a group" }.count == 1)
    }

    @Test("Another instance of a group takes the place of the first")
    func groupAgain() async throws {
        let lines = try await worker("group again")
        #expect(lines.filter { $0.hasPrefix("digest by") } == ["digest by a", "digest by b"])
        #expect(lines.contains("true"))
    }

    @Test("A job of a group that it has no more is removed when the group is added")
    func smallerGroup() async throws {
        let file = DatabaseFile()
        _ = try await worker("groups", file.path)
        let parked = try await worker("list", file.path)
        #expect(parked.contains { $0.hasPrefix("digest: DecorationsWorker.Mailer.digest, parked: ") })
        let lines = try await worker("groups", file.path, "1", settings: ["ID": "second"])
        #expect(lines.contains { $0.hasPrefix("mail second: ") } && !lines.contains { $0.hasPrefix("mail first: ") })
    }

    #if os(Linux)
    @Test("The program of the documentation runs the jobs of both its modules until Ctrl-C")
    func example() async throws {
        let process = Process()
        // Lines are to be read while it runs.
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["stdbuf", "-oL", Program(name: "Decorated").path]
        let pipe = Pipe()
        process.standardOutput = pipe
        let text = Mutex("")
        pipe.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            text.withLock { $0 += String(decoding: data, as: UTF8.self) }
            if data.isEmpty { handle.readabilityHandler = nil }
        }
        try process.run()
        await waitUntil("all jobs have run") {
            let lines = text.withLock { $0 }
            return ["a minute has passed", "greet: good day", "greet at start: good day"].allSatisfy(lines.contains)
        }
        process.interrupt()
        await waitUntil("it ends") { !process.isRunning }
        #expect(process.terminationReason == .exit && process.terminationStatus == 0)
    }
    #endif

    @Test("What the page shows is what the example has")
    func documentation() throws {
        let page = try text("docs/decorations.md")
        for file in ["Program/Decorated", "Program/Reports", "Program/Mailer", "Library/Greeting"] {
            let code = try text("examples/Decorated/\(file).swift").split(
                separator: "\n", omittingEmptySubsequences: false)
            // All is within `#if Macros`.
            let shown = code.dropFirst().dropLast(2).joined(separator: "\n")
            #expect(page.contains("```swift\n\(shown)\n```\n"), "\(file)")
        }
    }

    private func text(_ path: String) throws -> String {
        try String(contentsOf: Program.packagePath.appending(path: path), encoding: .utf8)
    }
}
#endif
