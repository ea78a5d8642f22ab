import Carillon

extension ExecutorConformance {
    static let performing = group("Performing") { cases in
        cases.addForBoth("a run gets its arguments, and its result and its log are kept") { bench, kind in
            bench.control.tell(["one"], .end)
            try await bench.begin(["one"], kind)
            let run = try await bench.ended("one")
            try expectEqual(run.outcome, .succeeded, "the outcome")
            try expectEqual(try run.result(as: String.self), "one", "the result")
            try expectEqual(run.log.map { String(decoding: $0, as: UTF8.self) }, "log of one\n", "the log")
        }
        cases.addForBoth("the error of a run is kept, and the next run is performed") { bench, kind in
            bench.control.tell(["bad"], .fail)
            bench.control.tell(["good"], .end)
            try await bench.begin(["bad", "good"], kind)
            let run = try await bench.ended("bad")
            try expectEqual(run.outcome, .failed, "the outcome")
            try expectEqual(run.error, "the trouble of bad", "the error")
            try await bench.ended(["good"])
        }
        cases.addForBoth("of 200 runs that are handed over together each is performed once") { bench, kind in
            let names = (0..<200).map { "run \($0)" }
            bench.control.tell(names + ["last"], .end)
            try await bench.begin(names, kind)
            try await bench.ended(names)
            try await bench.begin(["last"], kind)
            try await bench.ended(["last"])
            await bench.linger()
            for name in names + ["last"] {
                try expectEqual(bench.control.seen(name).begun, 1, "how often run '\(name)' was performed")
            }
        }
        cases.add("runs that are handed over by many at once are performed once", needs: [.returnsAtOnce]) { bench in
            let names = (0..<160).map { "run \($0)" }
            bench.control.tell(names, .end)
            var works = try await bench.make(names.filter { $0.hasSuffix("0") }, .blocking)
            works += try await bench.make(names.filter { !$0.hasSuffix("0") }, .suspending)
            let (all, executor) = (works, bench.executor)
            try await bench.watch.waitForReturn("'execute' returns to all its callers") {
                await withTaskGroup(of: Void.self) { group in
                    for part in 0..<8 {
                        group.addTask {
                            for index in stride(from: part, to: all.count, by: 8) {
                                await executor.execute([all[index]])
                            }
                        }
                    }
                }
            }
            try await bench.ended(names)
            for name in names {
                try expectEqual(bench.control.seen(name).begun, 1, "how often run '\(name)' was performed")
            }
        }
        cases.add("nothing to perform is performed") { bench in
            try await bench.hand([])
            bench.control.tell(["one"], .end)
            try await bench.begin(["one"], .suspending)
            try await bench.ended(["one"])
        }
    }

    static let handingOver = group("Handing over") { cases in
        cases.addForBoth("'execute' returns while the run is at work", needs: [.returnsAtOnce]) { bench, kind in
            try await bench.begin(["one"], kind)
            try await bench.begun("one")
            try expect(!bench.hasEnded("one"), "the run has ended before it was told to")
            bench.control.order("one", .end)
            try await bench.ended(["one"])
        }
        cases.add("a run that blocks is performed by no Swift task", needs: [.hasThreads]) { bench in
            bench.control.tell(["one"], .end)
            try await bench.begin(["one"], .blocking)
            try await bench.ended(["one"])
            try expect(!bench.control.seen("one").isInTask, "it was performed by a Swift task, whose thread it blocks")
        }
        cases.add("a run that was taken back is not performed, and holds up no other", needs: [.returnsAtOnce]) {
            bench in
            let first = try await bench.fill(.blocking)
            try await bench.begin(["next"], .blocking)
            bench.clock.advance(by: .seconds(2))
            let again = try await bench.handedOver("next", times: 2)
            try await bench.hand([again])
            bench.control.tell(["next", "last"], .end)
            try await bench.begin(["last"], .blocking)
            bench.control.endAll(first)
            try await bench.ended(first + ["next", "last"])
            try expectEqual(bench.control.seen("next").begun, 1, "how often the run was performed")
        }
    }

    static let capacity = group("Capacity") { cases in
        func fills(
            _ cases: inout ExecutorCaseList, _ name: String, _ kind: @escaping @Sendable (Int) -> ControlledTask.Kind
        ) {
            cases.add(
                "as many runs are at work as the capacity says, no more, and the others follow, if \(name)",
                needs: [.returnsAtOnce]
            ) { bench in
                let (room, more) = (try bench.room(), 6)
                let names = (0..<(room + more)).map { "run \($0)" }
                var works: [RunWork] = []
                for (index, name) in names.enumerated() { works += try await bench.make([name], kind(index)) }
                try await bench.hand(works)
                try await bench.begun(room)
                await bench.linger()
                for step in 1...more {
                    bench.control.endOldest()
                    try await bench.begun(room + step)
                }
                bench.control.endAll(names)
                try await bench.ended(names)
                try expectEqual(bench.control.mostAtWork, room, "how many runs were at work at the same time")
            }
        }
        fills(&cases, "they block") { _ in .blocking }
        fills(&cases, "they suspend") { _ in .suspending }
        fills(&cases, "some block and some suspend") { $0.isMultiple(of: 2) ? .blocking : .suspending }
        cases.addForBoth("a run that does not end holds up no others", needs: [.returnsAtOnce]) { bench, kind in
            guard try bench.room() > 1 else { throw NotApplicable("it has one run at work at a time") }
            let names = (0..<20).map { "run \($0)" }
            bench.control.tell(names, .end)
            try await bench.begin(["long"], kind)
            try await bench.begun("long")
            try await bench.begin(names, kind)
            try await bench.ended(names)
            bench.control.order("long", .end)
            try await bench.ended(["long"])
        }
        cases.addForBoth(
            "a scheduler takes no more runs than there is room for, and the others when there is",
            needs: [.returnsAtOnce]
        ) { bench, kind in
            let room = try bench.room()
            let names = (0..<(room + 4)).map { "run \($0)" }
            let passing = bench.passing
            try await passing.start()
            try await bench.make(names, kind, on: passing)
            try await bench.begun(room)
            for _ in 0..<100 { await passing.engine.answer() }
            var taken = 0
            for run in try await passing.runs(RunFilter()) { if case .running = run.state { taken += 1 } }
            try expectEqual(taken, room, "how many runs the scheduler has taken")
            bench.control.endAll(names)
            try await bench.watch.wait(for: "all runs are performed") { [control = bench.control] in
                names.allSatisfy { control.seen($0).begun == 1 }
            }
            try await bench.watch.waitForReturn("the scheduler drains") { await passing.shutdown() }
            for name in names {
                try expectEqual(try await passing.runs(of: JobID(name)).first?.outcome, .succeeded, "run '\(name)'")
            }
        }
    }

    static let order = group("Order") { cases in
        cases.addForBoth("runs that wait begin in the order in which they came", needs: [.returnsAtOnce]) {
            bench, kind in
            let first = try await bench.fill(kind)
            let names = (0..<8).map { "run \($0)" }
            try await bench.begin(names, kind)
            for count in 1...names.count {
                bench.control.endOldest()
                try await bench.begun(first.count + count)
            }
            try expectEqual(Array(bench.control.begun.dropFirst(first.count)), names, "the order in which they began")
            bench.control.endAll(names)
            bench.control.endAll(first)
            try await bench.ended(first + names)
        }
        cases.addForBoth(
            "of the runs that wait the one with the highest priority begins first, and the first of those that came",
            needs: [.returnsAtOnce, .ordersByPriority]
        ) { bench, kind in
            let first = try await bench.fill(kind)
            for (priority, names) in [(-1, ["low"]), (0, ["middle 1", "middle 2"]), (7, ["high"]), (0, ["middle 3"])] {
                try await bench.begin(names, kind, priority: priority)
            }
            let names = ["high", "middle 1", "middle 2", "middle 3", "low"]
            for count in 1...names.count {
                bench.control.endOldest()
                try await bench.begun(first.count + count)
            }
            try expectEqual(Array(bench.control.begun.dropFirst(first.count)), names, "the order in which they began")
            bench.control.endAll(first + names)
            try await bench.ended(first + names)
        }
    }

    static let cancellation = group("Being asked to end") { cases in
        cases.addForBoth("a run at work is told, and is cancelled", ofBlocking: [.returnsAtOnce]) { bench, kind in
            try await bench.begin(["one"], kind)
            try await bench.begun("one")
            try await bench.cancel("one")
            try await bench.asked("one")
            bench.control.order("one", .giveUp)
            try await bench.ended(["one"], .cancelled)
        }
        cases.addForBoth("a run at work that ends all the same has succeeded", ofBlocking: [.returnsAtOnce]) {
            bench, kind in
            try await bench.begin(["one"], kind)
            try await bench.begun("one")
            try await bench.cancel("one")
            try await bench.asked("one")
            bench.control.order("one", .end)
            try await bench.ended(["one"])
        }
        cases.addForBoth("a run that waits is told when it begins, and others are not", needs: [.returnsAtOnce]) {
            bench, kind in
            let first = try await bench.fill(kind)
            bench.control.tell(["other"], .end)
            try await bench.begin(["one", "other"], kind)
            try await bench.cancel("one")
            bench.control.endAll(first)
            try await bench.begun("one")
            try await bench.asked("one")
            bench.control.order("one", .giveUp)
            try await bench.ended(["one"], .cancelled)
            try await bench.ended(first + ["other"])
            try expect(!bench.control.seen("other").isAsked, "another run was told that it is to end")
        }
        cases.addForBoth("the run behind one that was cancelled is not told", ofBlocking: [.returnsAtOnce]) {
            bench, kind in
            for round in 0..<20 {
                let (one, next) = ("one \(round)", "next \(round)")
                try await bench.begin([one], kind)
                try await bench.begun(one)
                try await bench.cancel(one)
                try await bench.asked(one)
                bench.control.order(one, .giveUp)
                bench.control.tell([next], .end)
                try await bench.begin([next], kind)
                try await bench.ended([next])
                try expect(!bench.control.seen(next).wasAskedAtBegin, "the next run was told that it is to end")
            }
        }
        cases.addForBoth(
            "a run that ignores it keeps its place until it returns", needs: [.returnsAtOnce, .keepsStubbornRuns]
        ) { bench, kind in
            let first = try await bench.fill(kind)
            try await bench.begin(["next 1", "next 2"], kind)
            try await bench.cancel(first[0])
            try await bench.asked(first[0])
            await bench.linger()
            try expectEqual(bench.control.begun.count, first.count, "how many runs have begun")
            bench.control.endAll(first + ["next 1", "next 2"])
            try await bench.ended(first + ["next 1", "next 2"])
            try expectEqual(bench.control.mostAtWork, first.count, "how many runs were at work at the same time")
        }
        cases.addForBoth("a run past its timeout is told, and timed out", ofBlocking: [.returnsAtOnce]) { bench, kind in
            try await bench.begin(["one"], kind, timeout: .seconds(5))
            try await bench.begun("one")
            try await bench.started("one")
            bench.clock.advance(by: .seconds(5))
            // A worker process may be ended without a word.
            try await bench.watch.wait(for: "the run is told or ends") {
                bench.control.seen("one").isAsked || bench.hasEnded("one")
            }
            bench.control.order("one", .giveUp)
            try await bench.ended(["one"], .timedOut)
            bench.control.tell(["other"], .end)
            try await bench.begin(["other"], kind, timeout: .seconds(5))
            try await bench.ended(["other"])
        }
    }

    static let stopping = group("Shutting down") { cases in
        cases.addForBoth("what was handed over before is performed", needs: [.returnsAtOnce]) { bench, kind in
            let first = try await bench.fill(kind)
            let names = (0..<5).map { "run \($0)" }
            try await bench.begin(names, kind)
            let executor = bench.executor
            try await bench.watch.waitForReturn("'shutdown' returns") { executor.shutdown() }
            await bench.linger()
            bench.control.endAll(first + names)
            try await bench.ended(first + names)
        }
        cases.addForBoth("an executor that was shut down, even twice, begins anew") { bench, kind in
            bench.executor.shutdown()
            for round in 0..<5 {
                bench.control.tell(["run \(round)"], .end)
                try await bench.begin(["run \(round)"], kind)
                try await bench.ended(["run \(round)"])
                bench.executor.shutdown()
                bench.executor.shutdown()
            }
        }
        cases.addForBoth("a scheduler that drains waits for the runs at work, and loses none", needs: [.returnsAtOnce])
        {
            bench, kind in
            let first = try await bench.fill(kind)
            let names = (0..<5).map { "run \($0)" }
            try await bench.begin(names, kind)
            let (scheduler, isOver) = (bench.scheduler, Flag())
            let end = Task {
                await scheduler.shutdown()
                isOver.raise()
            }
            await bench.linger()
            try expect(!isOver.isRaised, "the scheduler has ended while runs were at work")
            bench.control.endAll(first + names)
            try await bench.watch.waitForReturn("the scheduler ends") { await end.value }
            for name in first + names {
                let run = try require(try await scheduler.runs(of: JobID(name)).first, "run '\(name)'")
                let expected: Run.State = bench.control.seen(name).begun > 0 ? .finished(.succeeded) : .ready
                try expectEqual(run.state, expected, "the state of run '\(name)'")
            }
        }
        cases.addForBoth("a scheduler that stops asks the runs at work to end", ofBlocking: [.returnsAtOnce]) {
            bench, kind in
            try await bench.begin(["one"], kind)
            try await bench.begun("one")
            let scheduler = bench.scheduler
            let end = Task { await scheduler.shutdown(.cancel) }
            try await bench.asked("one")
            bench.control.order("one", .end)
            try await bench.watch.waitForReturn("the scheduler ends") { await end.value }
            let run = try require(try await scheduler.runs(of: "one").first, "the run")
            try expectEqual(run.outcome, .succeeded, "the outcome of a run that ended by itself")
        }
    }
}
