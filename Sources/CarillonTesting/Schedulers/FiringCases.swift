import Carillon
import CarillonTriggers
import Foundation
import Synchronization

extension SchedulerConformance {
    static let firing = group("Firing") { cases in
        cases.add("an interval fires at its times, and not before") { bench in
            let (one, count) = (try await bench.scheduler(), CaseCounter(bench.watch))
            let begin = bench.clock.now
            try await one.scheduler.addJob(id: "tick", trigger: .interval(minutes: 1)) { count.add() }
            try await one.startAndSettle()
            try expectEqual(count.value, 1, "how often it ran at the start")
            try await one.advance(.seconds(59))
            try expectEqual(count.value, 1, "how often it ran before the minute was over")
            try await one.advance(.seconds(541))
            let runs = try await one.scheduler.runs(of: "tick", limit: 100)
            let minutes = runs.map { ($0.id.occurrence.scheduled.microseconds - begin.microseconds) / 60_000_000 }
            try expectEqual(minutes, (0...10).reversed(), "the minutes of its runs")
            try expect(runs.allSatisfy { $0.outcome == .succeeded }, "not all runs succeeded")
            try expectEqual(count.value, 11, "how often it ran")
        }
        cases.add("jobs that were declared fire with the start, those that block and those that suspend") { bench in
            let (one, count) = (try await bench.scheduler(), CaseCounter(bench.watch))
            try one.scheduler.declareJob(id: "blocking") { count.add() }
            try one.scheduler.declareJob(id: "suspending") {
                await Task.yield()
                count.add()
            }
            try await one.startAndSettle()
            try expectEqual(count.value, 2, "how many ran")
        }
        cases.add("a task gets its arguments, and its result and its log are kept") { bench in
            struct Report: Codable, Sendable { var name: String }
            let one = try await bench.scheduler()
            try one.scheduler.register("report") { (report: Report, context) in
                context.log("writing \(report.name)")
                return "\(report.name) of \(context.scheduled.formatted(in: .utc)), attempt \(context.attempt)"
            }
            try await one.startAndSettle()
            let start = Instant(seconds: bench.clock.now.microseconds / 1_000_000)
            try await one.scheduler.addJob(
                id: "r", task: "report", arguments: Report(name: "sales"),
                trigger: .date(start.advanced(byMicroseconds: 3_600_000_000).date))
            try await one.advance(.seconds(3600))
            let listed = try require(try await one.scheduler.runs(of: "r").first, "its run")
            let run = try await one.scheduler.run(listed.id)
            try expectEqual(run.outcome, .succeeded, "its outcome")
            try expectEqual(
                try run.result(as: String.self), "sales of 2027-01-15T09:00:00+00:00, attempt 1", "its result")
            try expectEqual(run.log.map { String(decoding: $0, as: UTF8.self) }, "writing sales\n", "its log")
        }
        cases.add("a run that failed is tried again") { bench in
            struct Trouble: Error {}
            let (one, attempts) = (try await bench.scheduler(), NumberList())
            try one.scheduler.register("flaky") { (context: TaskContext) in
                attempts.append(context.attempt)
                if context.attempt < 3 { throw Trouble() }
            }
            let policies = JobPolicies(
                retry: RetryPolicy(count: 5, backoff: .constant(.seconds(10))), whenEnded: .keep)
            try await one.startAndSettle()
            try await one.scheduler.addJob(id: "f", task: "flaky", JobOptions(policies: policies))
            try await one.advance(.seconds(60))
            try expectEqual(attempts.numbers, [1, 2, 3], "its attempts")
            try expectEqual(
                try await one.states("f"), [.succeeded, .failed, .failed].map { .finished($0) },
                "the states of its runs")
        }
        cases.add("by the system's clock nothing begins before its time, and what was added is in time") { bench in
            let one = try await bench.scheduler(on: SystemClock())
            let count = CaseCounter(bench.watch)
            let early = NumberList()
            try one.scheduler.register("look") { (context: TaskContext) in
                if SystemClock().now < context.scheduled { early.append(context.attempt) }
                count.add()
            }
            try one.scheduler.declareJob(id: "tick", task: "look", trigger: .interval(.milliseconds(20)))
            try await one.start()
            try await count.wait(for: 5, "five runs begin")
            try expectEqual(early.numbers, [], "the runs that began before their time")
        }
        cases.add("an earlier job wakes it, and one that is due at once") { bench in
            let one = try await bench.scheduler(on: SystemClock())
            let count = CaseCounter(bench.watch)
            try await one.scheduler.addJob(id: "later", trigger: .date(.now + 3600)) {}
            try await one.start()
            await one.linger()
            try await one.scheduler.addJob(id: "soon", trigger: .date(.now + 0.05)) { count.add() }
            try await count.wait(for: 1, "the job that was added while it waits for a later one runs")
            try await one.scheduler.addJob(id: "now") { count.add() }
            try await count.wait(for: 2, "the job that is due at once runs")
        }
    }

    static let pausing = group("Pausing") { cases in
        cases.add("a job that is paused does not run, and says why") { bench in
            let (one, count) = (try await bench.scheduler(), CaseCounter(bench.watch))
            let begin = bench.clock.now
            try await one.startAndSettle()
            try await one.scheduler.addJob(id: "tick", trigger: .interval(minutes: 1)) { count.add() }
            try await one.advance(.seconds(90))
            try expectEqual(count.value, 2, "how often it ran before the pause")
            try await one.scheduler.pauseJob("tick")
            try await one.advance(.seconds(600))
            try expectEqual(count.value, 2, "how often it ran by the end of the pause")
            try await one.scheduler.resumeJob("tick")
            try await one.advance(.seconds(60))
            try expectEqual(count.value, 3, "how often it ran after the pause")
            let explanation = try await one.scheduler.why("tick", at: begin.advanced(byMicroseconds: 120_000_000))
            guard case .notRun(let range) = explanation else {
                throw ConformanceFailure("what did not run in the pause is not explained: \(explanation)")
            }
            try expect(range.reason == .jobPaused && range.count == 10, "the reason is \(range)")
            try await one.scheduler.removeJob("tick")
            try await one.advance(.seconds(600))
            try expectEqual(count.value, 3, "how often it ran after it was removed")
        }
        cases.add("while the scheduler is paused nothing fires, runs go on, and what was due is explained") { bench in
            let (one, count, gate) = (try await bench.scheduler(), CaseCounter(bench.watch), CaseGate())
            defer { gate.open() }
            let begun = CaseCounter(bench.watch)
            let begin = bench.clock.now
            try await one.startAndSettle()
            try await one.scheduler.addJob(
                id: "long", JobOptions(policies: JobPolicies(whenEnded: .keep))
            ) {
                begun.add()
                await gate.wait()
            }
            try await begun.wait(for: 1, "the long run begins")
            try await one.scheduler.addJob(id: "tick", trigger: .interval(minutes: 1)) { count.add() }
            try await one.told("the job runs") { $0.endsRun(of: "tick") }
            // A pass that has begun plans by the time at its end.
            await one.linger()
            await one.scheduler.pause()
            try expect(one.scheduler.isPaused, "it does not say that it is paused")
            await one.linger()
            bench.clock.advance(by: .seconds(150))
            await one.linger()
            try expectEqual(count.value, 1, "how often it ran by the end of the pause")
            gate.open()
            try await one.told("the long run ends in the pause") { $0.endsRun(of: "long") }
            await one.scheduler.resume()
            try await one.advance(.seconds(60))
            try expectEqual(count.value, 2, "how often it ran after the pause")
            let explanation = try await one.scheduler.why("tick", at: begin.advanced(byMicroseconds: 60_000_000))
            guard case .notRun(let range) = explanation, range.reason == .schedulerPaused else {
                throw ConformanceFailure("what did not run in the pause is explained as \(explanation)")
            }
        }
    }

    static let troubledStores = group("A store in trouble") { cases in
        cases.add("jobs of other stores fire meanwhile, and its own when it is back") { bench in
            let clock = bench.clock
            let store = FailingStore(MemoryJobStore { clock.now })
            let one = try await bench.scheduler { $0.stores["other"] = store }
            let (good, other) = (CaseCounter(bench.watch), CaseCounter(bench.watch))
            try await one.scheduler.addJob(id: "good", trigger: .interval(minutes: 1)) { good.add() }
            try await one.scheduler.addJob(id: "other", trigger: .interval(minutes: 1), JobOptions(store: "other")) {
                other.add()
            }
            try await one.startAndSettle()
            store.fail(true)
            try await one.advance(.seconds(300))
            try expectEqual(good.value, 6, "how often the job of the good store ran")
            try expectEqual(other.value, 1, "how often the other one ran")
            try await one.told("it tells of the store") {
                if case .storeFailed("other", _) = $0 { true } else { false }
            }
            store.fail(false)
            try await one.advance(.seconds(300))
            try expectEqual(good.value, 11, "how often the job of the good store ran")
            try expect(other.value >= 6, "the job of the store that is back ran \(other.value) times")
            try await one.told("it tells that the store is back") {
                if case .storeRecovered("other") = $0 { true } else { false }
            }
        }
    }
}

extension SchedulerEvent.Kind {
    /// Whether a run of a job ends.
    func endsRun(of job: JobID) -> Bool {
        if case .runEnded(let run, _, _) = self { run.occurrence.job == job } else { false }
    }
}

/// Numbers that tasks note, on whatever thread.
final class NumberList: Sendable {
    private let list = Mutex<[Int]>([])

    var numbers: [Int] { list.withLock { $0 } }

    func append(_ number: Int) { list.withLock { $0.append(number) } }
}
