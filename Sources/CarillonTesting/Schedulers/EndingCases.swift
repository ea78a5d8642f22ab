import Carillon
import CarillonTriggers
import Foundation

extension SchedulerConformance {
    private static let kept = JobOptions(policies: JobPolicies(whenEnded: .keep))

    static let shuttingDown = group("Shutting down") { cases in
        for blocks in [true, false] {
            let kind = blocks ? "blocks" : "suspends"
            cases.add(
                "a shutdown waits for a run that \(kind), and nothing fires any more", blocksATask: blocks
            ) { bench in
                let (one, gate, begun) = (try await bench.scheduler(), CaseGate(), CaseCounter(bench.watch))
                defer { gate.open() }
                let ticks = CaseCounter(bench.watch)
                if blocks {
                    try await one.scheduler.addJob(id: "long", kept) {
                        begun.add()
                        gate.waitOnThread()
                    }
                } else {
                    try await one.scheduler.addJob(id: "long", kept) {
                        begun.add()
                        await gate.wait()
                    }
                }
                try await one.scheduler.addJob(id: "tick", trigger: .interval(minutes: 1)) { ticks.add() }
                try await one.start()
                try await begun.wait(for: 1, "the run begins")
                try await ticks.wait(for: 1, "the other job runs")
                let isOver = one.beginShutdown()
                await one.linger()
                bench.clock.advance(by: .seconds(300))
                await one.linger()
                try expect(!isOver.isRaised, "the shutdown has not waited")
                try expect(one.scheduler.isRunning, "it does not say that it runs while a run is at work")
                gate.open()
                try await bench.watch.wait(for: "the shutdown ends") { isOver.isRaised }
                try expect(!one.scheduler.isRunning, "it says that it runs")
                try expectEqual(ticks.value, 1, "how often the other job ran")
                try expectEqual(try await one.states("long"), [.finished(.succeeded)], "the state of the run")
            }
        }
        cases.add("past its deadline runs are asked to end, and are run again") { bench in
            let (one, count) = (try await bench.scheduler(), CaseCounter(bench.watch))
            let (asked, never) = (CaseCounter(bench.watch), CaseGate())
            defer { never.open() }
            try await one.scheduler.addJob(id: "long", kept) {
                count.add()
                if count.value > 1 { return }
                await withTaskCancellationHandler {
                    await never.wait()
                } onCancel: {
                    asked.add()
                    never.open()
                }
                try Task.checkCancellation()
            }
            try await one.start()
            try await count.wait(for: 1, "the run begins")
            let isOver = one.beginShutdown(deadline: .seconds(5))
            await one.linger()
            try expectEqual(asked.value, 0, "how often the run was asked before the deadline")
            try await passTime(bench, until: "the run is asked to end") { asked.value > 0 }
            // No more time goes by: the store has as long as it needs.
            try await bench.watch.wait(for: "the shutdown ends") { isOver.isRaised }
            try expectEqual(asked.value, 1, "how often the run was asked to end")
            try expectEqual(try await one.states("long"), [.ready], "the state of the run")
            try await one.startAndSettle()
            try expectEqual(count.value, 2, "how often it ran")
            try expectEqual(try await one.states("long"), [.finished(.succeeded)], "the state of the run")
        }
        cases.add("a run that does not end is left behind after the deadline", blocksATask: true) { bench in
            let (one, gate, begun) = (try await bench.scheduler(), CaseGate(), CaseCounter(bench.watch))
            defer { gate.open() }
            try await one.scheduler.addJob(id: "stubborn", kept) {
                begun.add()
                gate.waitOnThread()
            }
            try await one.start()
            try await begun.wait(for: 1, "the run begins")
            let isOver = one.beginShutdown(deadline: .seconds(1))
            try await passTime(bench, until: "the shutdown ends") { isOver.isRaised }
            try expect(!one.scheduler.isRunning, "it says that it runs")
        }
        cases.add("at once, runs are asked to end") { bench in
            let (one, gate, begun) = (try await bench.scheduler(), CaseGate(), CaseCounter(bench.watch))
            defer { gate.open() }
            try await one.scheduler.addJob(id: "long", kept) {
                begun.add()
                await withTaskCancellationHandler {
                    await gate.wait()
                } onCancel: {
                    gate.open()
                }
            }
            try await one.start()
            try await begun.wait(for: 1, "the run begins")
            try await one.shutdown(.cancel)
            try expectEqual(try await one.states("long"), [.finished(.succeeded)], "the state of the run")
        }
        cases.add("from inside a run it returns at once, and the scheduler ends when the run has") { bench in
            let (one, gate) = (try await bench.scheduler(), CaseGate())
            defer { gate.open() }
            let (returned, scheduler) = (CaseCounter(bench.watch), one.scheduler)
            try await one.scheduler.addJob(id: "last", kept) {
                await scheduler.shutdown()
                returned.add()
                await gate.wait()
            }
            try await one.start()
            try await returned.wait(for: 1, "the shutdown inside the run returns")
            let isOver = one.beginShutdown()
            await one.linger()
            try expect(!isOver.isRaised, "it has ended while the run was at work")
            gate.open()
            try await bench.watch.wait(for: "the scheduler ends") { isOver.isRaised }
            try expectEqual(try await one.states("last"), [.finished(.succeeded)], "the state of the run")
        }
        cases.add("twice at the same time, afterwards, and before the start") { bench in
            let one = try await bench.scheduler()
            try await one.shutdown()
            try await one.startAndSettle()
            let both = [one.beginShutdown(), one.beginShutdown(.cancel)]
            try await bench.watch.wait(for: "both shutdowns end") { both.allSatisfy(\.isRaised) }
            try await one.shutdown()
            try expect(!one.scheduler.isRunning, "it says that it runs")
        }
    }

    /// Lets time go by, from one thing that somebody waits for to the next, until something is so.
    private static func passTime(
        _ bench: SchedulerCaseBench, until what: String, _ isSo: @escaping @Sendable () -> Bool
    ) async throws {
        let limit = ContinuousClock.now + bench.watch.patience
        while !isSo() {
            guard ContinuousClock.now < limit else {
                throw ConformanceFailure("\(what): not within \(bench.watch.patience)")
            }
            bench.clock.advance(by: .milliseconds(100))
            await Task.yield()
        }
    }

    static let startingAnew = group("Starting anew") { cases in
        cases.add("its jobs go on after each start") { bench in
            let (one, count) = (try await bench.scheduler(), CaseCounter(bench.watch))
            try await one.scheduler.addJob(id: "tick", trigger: .interval(minutes: 1)) { count.add() }
            for round in 1...3 {
                try await one.startAndSettle()
                try expect(one.scheduler.isRunning, "it does not say that it runs")
                try await one.advance(.seconds(60))
                try expectEqual(count.value, round + 1, "how often it ran by the end of round \(round)")
                try await one.shutdown()
            }
        }
        cases.add("a second start is refused, and changes nothing") { bench in
            let (one, count) = (try await bench.scheduler(), CaseCounter(bench.watch))
            try await one.scheduler.addJob(id: "tick", trigger: .interval(minutes: 1)) { count.add() }
            try await one.startAndSettle()
            try await expectError(.wrongState, "a start of a scheduler that runs") { try await one.start() }
            try await one.advance(.seconds(60))
            try expectEqual(count.value, 2, "how often it ran")
        }
        cases.add("a start that fails says why, and the next one may succeed") { bench in
            let (one, count) = (try await bench.scheduler(), CaseCounter(bench.watch))
            try one.scheduler.declareJob(id: "good", trigger: .interval(minutes: 1)) { count.add() }
            try one.scheduler.declareJob(id: "bad", JobOptions(executor: "none")) {}
            for _ in 1...2 {
                try await expectError(.aliasNotFound, "a start with a job of no executor") { try await one.start() }
                try await bench.watch.wait(for: "it says that it does not run") { !one.scheduler.isRunning }
            }
            try await one.scheduler.removeJob("bad")
            try await one.startAndSettle()
            try expectEqual(count.value, 1, "how often it ran")
        }
        cases.add("a job that is added between two starts runs with the second") { bench in
            let (one, count) = (try await bench.scheduler(), CaseCounter(bench.watch))
            try await one.startAndSettle()
            try await one.shutdown()
            try await one.scheduler.addJob(id: "added") { count.add() }
            try one.scheduler.declareJob(id: "declared") { count.add() }
            try await one.startAndSettle()
            try expectEqual(count.value, 2, "how many ran")
        }
    }

    static let several = group("Several in one process") { cases in
        cases.add("each runs its own jobs, and goes on when the other has ended") { bench in
            let (one, two) = (try await bench.scheduler(), try await bench.scheduler())
            let (first, second) = (CaseCounter(bench.watch), CaseCounter(bench.watch))
            try await one.scheduler.addJob(id: "tick", trigger: .interval(minutes: 1)) { first.add() }
            try await two.scheduler.addJob(id: "tick", trigger: .interval(minutes: 1)) { second.add() }
            try await one.startAndSettle()
            try await two.startAndSettle()
            try expect(one.scheduler.node != two.scheduler.node, "both have the id of one node")
            try await one.advance(.seconds(60))
            try await two.settle()
            try expect(first.value == 2 && second.value == 2, "they ran \(first.value) and \(second.value) times")
            try await one.shutdown()
            try await two.advance(.seconds(60))
            try expect(first.value == 2 && second.value == 3, "they ran \(first.value) and \(second.value) times")
            try await one.startAndSettle()
            try await two.shutdown()
            try await one.advance(.seconds(60))
            try expectEqual(second.value, 3, "how often the job of the one that has ended ran")
            try expect(first.value >= 4, "the job of the one that goes on ran \(first.value) times")
        }
    }

    static let places = group("Where it runs") { cases in
        cases.add("the engine runs where the flavour says") { bench in
            let one = try await bench.scheduler()
            let (place, isThere, elsewhere) = (bench.flavour.engine, NumberList(), NumberList())
            one.scheduler.engine.addSynchronousListener { event in
                guard case .runTaken = event.kind else { return }
                (place.isCurrent ? isThere : elsewhere).append(1)
            }
            try await one.scheduler.addJob(id: "tick", trigger: .interval(minutes: 1)) {}
            try await one.startAndSettle()
            // A scheduler may begin elsewhere, before its thread does.
            let limit = ContinuousClock.now + bench.watch.patience
            while isThere.numbers.isEmpty {
                guard ContinuousClock.now < limit else { throw ConformanceFailure("the engine is not on \(place)") }
                try await one.advance(.seconds(60))
            }
            let before = elsewhere.numbers.count
            try await one.advance(.seconds(600))
            try expectEqual(elsewhere.numbers.count, before, "how often the engine has left \(place)")
        }
        cases.add("tasks run where the flavour says, if nothing else is configured") { bench in
            let one = try await bench.scheduler()
            let (blocking, suspending) = (bench.flavour.blockingTasks, bench.flavour.suspendingTasks)
            let (there, elsewhere) = (CaseCounter(bench.watch), NumberList())
            try await one.scheduler.addJob(id: "blocking", trigger: .interval(minutes: 1)) {
                if blocking.isCurrent { there.add() } else { elsewhere.append(1) }
            }
            try await one.scheduler.addJob(id: "suspending", trigger: .interval(minutes: 1)) {
                for _ in 0..<3 {
                    if suspending.isCurrent { there.add() } else { elsewhere.append(2) }
                    await Task.yield()
                }
            }
            try await one.startAndSettle()
            try await one.advance(.seconds(240))
            try expectEqual(
                elsewhere.numbers, [],
                "the tasks that were not on \(blocking) (1) or \(suspending) (2), where they belong")
            try expectEqual(there.value, 5 + 15, "how often they looked where they are")
        }
    }

    static let cycles = group("Cycles") { cases in
        cases.add("100 schedulers, one after the other, leave no memory, thread or descriptor") { bench in
            try await leaveNothing(bench) {
                weak var gone: Engine?
                do {
                    let one = SchedulerOfCase(
                        try await bench.flavour.make(SchedulerOptions()), bench.watch, bench.clock)
                    gone = one.scheduler.engine
                    try await oneCycle(one, bench)
                }
                let limit = ContinuousClock.now + bench.watch.patience
                while gone != nil {
                    guard ContinuousClock.now < limit else { throw ConformanceFailure("the scheduler is still there") }
                    await Task.yield()
                }
            }
        }
        cases.add("100 starts of one scheduler leave no thread or descriptor") { bench in
            let one = try await bench.scheduler(on: SystemClock())
            try await leaveNothing(bench) { try await oneCycle(one, bench) }
        }
    }

    private static func oneCycle(_ one: SchedulerOfCase, _ bench: SchedulerCaseBench) async throws {
        let count = CaseCounter(bench.watch)
        try await one.scheduler.addJob { count.add() }
        try await one.scheduler.addJob {
            await Task.yield()
            count.add()
        }
        try await one.scheduler.addJob(id: "later", trigger: .interval(hours: 1), JobOptions(ifExists: .replace)) {}
        try await one.start()
        try await count.wait(for: 2, "both jobs run")
        try await one.shutdown()
    }

    /// Does something a hundred times, and compares what the process has.
    ///
    /// The process may do other things, so what it has afterwards is looked at until half of what a leak would leave
    /// is not there at some moment.
    private static func leaveNothing(_ bench: SchedulerCaseBench, _ cycle: () async throws -> Void) async throws {
        for _ in 1...5 { try await cycle() }
        let before = ProcessCounts.now
        let count = 100
        for _ in 1...count { try await cycle() }
        let limit = ContinuousClock.now + bench.watch.patience
        while true {
            let now = ProcessCounts.now
            let threads = (now.threads ?? 0) - (before.threads ?? 0)
            let descriptors = (now.descriptors ?? 0) - (before.descriptors ?? 0)
            if threads < count / 2, descriptors < count / 2 { return }
            guard ContinuousClock.now < limit else {
                throw ConformanceFailure("\(threads) threads and \(descriptors) descriptors more than before")
            }
            await Task.yield()
        }
    }
}
