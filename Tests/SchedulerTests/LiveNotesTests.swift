import Carillon
import CarillonSQLite
import CarillonTesting
import CarillonTriggers
import Foundation
import Testing

/// What runs say of themselves is in the store while they are running.
@Suite(.timeLimit(.minutes(10))) struct LiveNotesTests {
    /// A run that says what the test has it say, when the test has it say it.
    private final class Talk: Sendable {
        enum Word: Sendable {
            case line(String)
            case progress(Double, String)
        }

        private let words = AsyncStream<Word>.makeStream()
        private let echoes = AsyncStream<Void>.makeStream()

        /// Performs the run until there is no more to say.
        func perform(_ context: TaskContext) async {
            for await word in words.stream {
                switch word {
                case .line(let line): context.log(line)
                case .progress(let fraction, let note): context.progress(fraction, note)
                }
                echoes.continuation.yield()
            }
        }

        /// Returns when the run has said it.
        func say(_ word: Word) async {
            words.continuation.yield(word)
            for await _ in echoes.stream { return }
        }

        func end() { words.continuation.finish() }
    }

    private let clock = ManualClock(now: SchedulerBench.start)
    private let log = EventLog()

    private func scheduler(_ store: any JobStore) -> AsyncScheduler {
        var options = SchedulerOptions()
        options.clock = clock
        options.stores["default"] = store
        let scheduler = AsyncScheduler(options)
        scheduler.engine.addSynchronousListener { [log] in log.append($0) }
        return scheduler
    }

    private func store(_ storage: SchedulerBench.Storage) async throws -> TroubledStore {
        let clock = clock
        switch storage {
        case .memory: return TroubledStore(MemoryJobStore { clock.now })
        case .sqlite:
            let path = FileManager.default.temporaryDirectory.appending(path: "carillon-\(UUID()).sqlite").path
            return TroubledStore(try await SQLiteJobStore(path: path, clock: { clock.now }))
        }
    }

    /// Lets time go by until something is so. A lane that hears of the time while it is at work sets its alarm later.
    private func advance(
        _ scheduler: AsyncScheduler, by step: Duration, until isSo: () async throws -> Bool
    ) async rethrows {
        while try await !isSo() {
            clock.advance(by: step)
            await scheduler.engine.answer()
        }
    }

    private func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    @Test(arguments: SchedulerBench.Storage.allCases)
    func whatARunSaysIsInTheStoreASecondLater(_ storage: SchedulerBench.Storage) async throws {
        let store = try await store(storage)
        let scheduler = scheduler(store)
        let talk = Talk()
        try scheduler.register("talk") { (context: TaskContext) in await talk.perform(context) }
        try await scheduler.start()
        try await scheduler.addJob(id: "a", task: "talk")
        await talk.say(.line("one"))
        await talk.say(.progress(0.5, "half"))
        clock.advance(by: .milliseconds(999))
        await scheduler.engine.answer()
        #expect(store.notes.isEmpty, "before a second is over")
        clock.advance(by: .milliseconds(1))
        await store.waitForNotes(1)
        let id = try #require(store.notes.first?.first?.run)
        let running = try #require(try await store.run(id))
        #expect(text(running.log) == "one\n")
        #expect(running.progress == RunProgress(0.5, "half"))
        #expect(running.written == 4 && running.noted == SchedulerBench.start.advanced(byMicroseconds: 1_000_000))

        // Nothing is written where nothing is said, however long.
        for _ in 0..<5 {
            clock.advance(by: .seconds(1))
            await scheduler.engine.answer()
        }
        #expect(store.notes.count == 1)

        // What is said within a second is written at once.
        await talk.say(.line("two"))
        clock.advance(by: .milliseconds(600))
        await talk.say(.line("three"))
        await advance(scheduler, by: .milliseconds(400)) { store.notes.count == 2 }
        #expect(text(store.notes.last?.first?.log) == "one\ntwo\nthree\n")
        while try await store.run(id)?.written != 14 { await scheduler.engine.answer() }
        #expect(text(try await store.run(id)?.log) == "one\ntwo\nthree\n")

        await talk.say(.line("four"))
        talk.end()
        await log.wait { if case .runEnded = $0 { true } else { false } }
        await scheduler.engine.waitUntilSettled()
        let ended = try #require(try await store.run(id))
        #expect(ended.state == .finished(.succeeded))
        #expect(text(ended.log) == "one\ntwo\nthree\nfour\n")
        #expect(ended.progress == nil)
        clock.advance(by: .seconds(2))
        await scheduler.engine.waitUntilSettled()
        #expect(store.notes.count == 2, "what an ended run said last came with its end")
        await scheduler.shutdown()
    }

    @Test func runsAreWrittenTogether() async throws {
        let store = try await store(.memory)
        let scheduler = scheduler(store)
        let talks = ["a": Talk(), "b": Talk(), "silent": Talk()]
        for (name, talk) in talks {
            try scheduler.register(name) { (context: TaskContext) in await talk.perform(context) }
        }
        try await scheduler.start()
        for name in talks.keys { try await scheduler.addJob(id: name, task: name) }
        await talks["a"]?.say(.line("of a"))
        clock.advance(by: .milliseconds(500))
        await talks["b"]?.say(.line("of b"))
        clock.advance(by: .milliseconds(500))
        await store.waitForNotes(1)
        let notes = try #require(store.notes.first)
        #expect(Set(notes.map(\.run.occurrence.job.description)) == ["a", "b"])
        for talk in talks.values { talk.end() }
        await scheduler.shutdown()
        #expect(store.notes.count == 1)
    }

    @Test func runsShorterThanASecondAreNotWritten() async throws {
        let clock = clock
        let store = TroubledStore(MemoryJobStore { clock.now })
        var options = SchedulerOptions()
        options.stores["default"] = store
        let scheduler = ManualScheduler(clock, options)
        try scheduler.register("short") { (context: TaskContext) in
            context.log("line")
            context.progress(0.5)
        }
        try await scheduler.start()
        try await scheduler.addJob(id: "short", task: "short", trigger: .interval(seconds: 1))
        await scheduler.advance(by: .seconds(100))
        #expect(try await scheduler.runs(of: "short", limit: 1000).count { $0.log == Array("line\n".utf8) } == 101)
        #expect(store.notes.isEmpty)
        await scheduler.shutdown()
    }

    @Test func storeThatRefusesNotesHoldsUpNothing() async throws {
        let store = try await store(.memory)
        let scheduler = scheduler(store)
        let (talk, ticks) = (Talk(), Counter())
        try scheduler.register("talk") { (context: TaskContext) in await talk.perform(context) }
        try await scheduler.addJob(id: "tick", trigger: .interval(seconds: 10)) { ticks.add() }
        try await scheduler.start()
        try await scheduler.addJob(id: "a", task: "talk")
        store.get(into: .refusingNotes)
        await talk.say(.line("one"))
        clock.advance(by: .seconds(1))
        await store.waitForNotes(1)
        let id = try #require(store.notes.first?.first?.run)
        await advance(scheduler, by: .seconds(9)) { ticks.value > 1 }
        #expect(try await store.run(id)?.log == nil)
        store.get(into: .none)
        // It is tried again a second after it failed, whenever the lane came to that.
        try await advance(scheduler, by: .seconds(1)) { try await store.run(id)?.log != nil }
        #expect(text(try await store.run(id)?.log) == "one\n")
        #expect(!log.events.contains { if case .storeFailed = $0.kind { true } else { false } })
        await talk.say(.line("two"))
        talk.end()
        await scheduler.shutdown()
        #expect(text(try await store.run(id)?.log) == "one\ntwo\n")
    }

    /// It rests for nine times as long as it took.
    @Test func aSlowStoreRestsBetweenNotes() async throws {
        let store = try await store(.memory)
        let scheduler = scheduler(store)
        let talk = Talk()
        try scheduler.register("talk") { (context: TaskContext) in await talk.perform(context) }
        try await scheduler.start()
        try await scheduler.addJob(id: "a", task: "talk")
        await talk.say(.line("one"))
        store.get(into: .hanging)
        clock.advance(by: .seconds(1))
        while store.callsInTrouble == 0 { await scheduler.engine.answer() }
        await talk.say(.line("while it is being written"))
        clock.advance(by: .seconds(1))
        store.get(into: .none)
        await store.waitForNotes(1)
        // At the ninth second of its rest it has written nothing else, though that was said long ago.
        for _ in 0..<8 {
            clock.advance(by: .seconds(1))
            for _ in 0..<10 { await scheduler.engine.answer() }
        }
        #expect(store.notes.count == 1)
        await advance(scheduler, by: .seconds(1)) { store.notes.count == 2 }
        #expect(text(store.notes.last?.first?.log) == "one\nwhile it is being written\n")
        talk.end()
        await scheduler.shutdown()
    }

    @Test func aRunThatIsDrainedGoesOnBeingWritten() async throws {
        let store = try await store(.memory)
        let scheduler = scheduler(store)
        let talk = Talk()
        try scheduler.register("talk") { (context: TaskContext) in await talk.perform(context) }
        try await scheduler.start()
        try await scheduler.addJob(id: "a", task: "talk")
        await talk.say(.line("before"))
        let shutdown = Task { await scheduler.shutdown() }
        await talk.say(.line("while draining"))
        clock.advance(by: .seconds(1))
        await store.waitForNotes(1)
        #expect(text(store.notes.first?.first?.log) == "before\nwhile draining\n")
        talk.end()
        await shutdown.value
    }
}
