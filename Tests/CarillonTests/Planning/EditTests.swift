import Carillon
import CarillonTriggers
import Testing

/// What a person may ask of a job.
@Suite struct EditTests {
    private func definition(_ trigger: Trigger, _ set: (inout JobPolicies) -> Void = { _ in }) throws -> JobDefinition {
        JobDefinition(task: try TaskName(SimulatedJob.task), trigger: trigger, policies: .with(set))
    }

    // MARK: Run now

    @Test("A run that somebody asks for waits at the limit, whatever the policy", arguments: AtLimit.allCases)
    func runNow(_ atLimit: AtLimit) throws {
        var scene = try SimulatedJob(try .interval(seconds: 100), .with { $0.atLimit = atLimit })
        try scene.pass(at: 0)
        scene.commit(scene.snapshot.ranNow(at: at(5)))
        scene.commit(scene.snapshot.ranNow(at: at(5)))
        #expect(scene.summary == "0 running, manual 5 waiting, manual 5 waiting; next 100")
        try scene.pass(at: 6, scene.completion(0, at: 6))
        #expect(scene.summary == "0 succeeded, manual 5 running, manual 5 waiting; next 100")
    }

    @Test("It is ready where there is room, even when the job has ended")
    func runNowEnded() throws {
        var scene = try SimulatedJob(.date(at(0).date))
        try scene.pass(at: 0)
        try scene.pass(at: 1, scene.completion(0, at: 1))
        scene.commit(scene.snapshot.ranNow(at: at(5)))
        #expect(scene.summary == "0 succeeded, manual 5 ready; ended")
    }

    @Test("It does not overtake those that wait")
    func runNowOrder() throws {
        var scene = try SimulatedJob(try .interval(seconds: 10), .with { $0.atLimit = .queue })
        for time in [0.0, 10] { try scene.pass(at: time) }
        try scene.pass(at: 11, scene.completion(0, at: 11), slots: 0)
        scene.commit(scene.snapshot.cancelled(try scene.id(10), at: at(12)))
        scene.commit(scene.snapshot.ranNow(at: at(13)))
        #expect(scene.summary == "0 succeeded, 10 cancelled, manual 13 ready; next 20")
    }

    @Test("The same moment twice is two runs, even when the first has ended")
    func runNowTwice() throws {
        var scene = try SimulatedJob(.date(at(1000).date))
        for _ in 0..<3 {
            scene.commit(scene.snapshot.ranNow(at: at(0)))
            try scene.pass(at: 0)
            try scene.pass(at: 0, scene.completion(0, at: 0, kind: .manual))
        }
        #expect(scene.runs.values.count { $0.state == .finished(.succeeded) } == 3)
    }

    // MARK: Cancel

    @Test("Cancelling ends what nobody has taken, and asks for what runs to be cancelled")
    func cancel() throws {
        let policies = JobPolicies.with {
            $0.maxInstances = 2
            $0.atLimit = .queue
        }
        var scene = try SimulatedJob(try .interval(seconds: 10), policies)
        for (time, slots) in [(0.0, 1), (10, 0), (20, 0)] { try scene.pass(at: time, slots: slots) }
        for time in [0.0, 10, 20] {
            scene.commit(scene.snapshot.cancelled(try scene.id(time), at: at(21)))
        }
        #expect(scene.summary == "0 being cancelled, 10 cancelled, 20 cancelled; next 30")
        #expect(scene.run(10)?.finished == at(21))
        #expect(scene.snapshot.cancelled(try scene.id(10), at: at(22)) == nil)
        try scene.pass(at: 22, scene.completion(0, at: 22))
        #expect(scene.run(0)?.state == .finished(.succeeded))
    }

    // MARK: Retry by hand

    @Test("A run that has ended is tried once more, whatever its outcome", arguments: Outcome.allCases)
    func retry(_ outcome: Outcome) throws {
        var scene = try SimulatedJob(.date(at(0).date))
        try scene.pass(at: 0)
        let running = try #require(scene.run(0))
        #expect(scene.snapshot.retried(running, at: at(1)) == nil)
        try scene.pass(at: 1, scene.completion(0, outcome, at: 1))
        let ended = try #require(scene.run(0))
        scene.commit(scene.snapshot.retried(ended, at: at(2)))
        #expect(scene.summary == "0 \(outcome.rawValue), 0#2 ready from 2; ended")
        #expect(scene.snapshot.retried(ended, at: at(3)) == nil)
    }

    @Test("It waits at the limit; the run of an earlier job with the id is not tried again")
    func retryAtLimit() throws {
        var scene = try SimulatedJob(try .interval(seconds: 10))
        try scene.pass(at: 0)
        try scene.pass(at: 10, scene.completion(0, .failed, at: 9))
        scene.commit(scene.snapshot.retried(try scene.found(0), at: at(11)))
        #expect(scene.summary == "0 failed, 0#2 waiting, 10 running; next 20")
        let old = Occurrence(job: scene.job.id, generation: 0, scheduled: at(-10))
        let stranger = Run(id: Run.ID(old), state: .finished(.failed), due: at(-10), available: at(-10))
        #expect(scene.snapshot.retried(stranger, at: at(12)) == nil)
    }

    // MARK: Remove

    @Test("Removal cancels what nobody has taken")
    func remove() throws {
        let policies = JobPolicies.with {
            $0.maxInstances = 2
            $0.atLimit = .queue
        }
        var scene = try SimulatedJob(try .interval(seconds: 10), policies)
        for (time, slots) in [(0.0, 1), (10, 0), (20, 0)] { try scene.pass(at: time, slots: slots) }
        let removed = scene.snapshot.removedRuns(at: at(21)).sorted {
            $0.id.occurrence.scheduled < $1.id.occurrence.scheduled
        }
        #expect(removed.map(\.id.occurrence.scheduled) == [at(10), at(20)])
        #expect(removed.allSatisfy { $0.state == .finished(.cancelled) && $0.finished == at(21) })
    }

    // MARK: Modify

    @Test(
        "The same definition is no change",
        arguments: [
            try Trigger.interval(seconds: 10), try .calendarInterval(days: 1, hour: 9), try .crontab("0 9 * * *"),
            .any(of: try .interval(seconds: 10), try .crontab("0 9 * * *")),
        ])
    func modifyNothing(_ trigger: Trigger) throws {
        var scene = try SimulatedJob(trigger)
        try scene.pass(at: 35)
        #expect(try scene.snapshot.modified(try definition(trigger), at: at(36)) == nil)
        #expect(try scene.snapshot.modified(scene.job.definition, at: at(36)) == nil)
    }

    @Test("The same words keep phase and next occurrence, again after another trigger was given")
    func modifyKeepsPhase() throws {
        var scene = try SimulatedJob(try .interval(seconds: 10))
        try scene.pass(at: 35)
        scene.commit(
            try scene.snapshot.modified(try definition(try .interval(seconds: 10)) { $0.priority = 5 }, at: at(36)))
        #expect(scene.summary == "30 running; coalesced 0...20 (3); next 40")
        #expect(scene.job.definitionVersion == 2)
        #expect(scene.job.definition.policies.priority == 5)
        // Another trigger begins anew when it is given.
        scene.commit(try scene.snapshot.modified(try definition(try .interval(seconds: 7)), at: at(37)))
        #expect(scene.job.next?.scheduled == at(37))
        try scene.pass(at: 37)
        #expect(scene.job.next?.scheduled == at(44))
        // What a file that is loaded again says is still the same trigger, though the job was added with another one.
        let changed = try scene.snapshot.modified(
            try definition(try .interval(seconds: 7)) { $0.priority = 1 }, at: at(50))
        #expect(changed?.job.next?.scheduled == at(44))
        #expect(changed?.reasons.isEmpty == true)
    }

    @Test("Another trigger begins anew, and what was late by the old one is recorded", arguments: [false, true])
    func modifyTrigger(isPaused: Bool) throws {
        var scene = try SimulatedJob(try .interval(seconds: 10), isPaused: isPaused)
        scene.commit(try scene.snapshot.modified(try definition(try .interval(seconds: 60)), at: at(35)))
        let reason = isPaused ? "skipped(jobPaused)" : "skipped(triggerReplaced)"
        let next = isPaused ? "paused, next 35" : "next 35"
        #expect(scene.summary == "\(reason) 0...30 (4); \(next)")
    }

    @Test(
        "An occurrence whose time has come is recorded when its trigger is replaced, though its jitter has not passed",
        arguments: ["a", "b", "c", "d"])
    func modifyWithinJitter(id: String) throws {
        let trigger = try Trigger.interval(seconds: 100, start: at(0).date, jitter: .seconds(90))
        var scene = try SimulatedJob(trigger, id: id)
        let due = trigger.due(scheduled: at(0), jobID: id)
        try #require(due > at(0))
        let before = Instant(microseconds: due.microseconds - 1)
        scene.commit(try scene.snapshot.modified(try definition(try .crontab("0 0 * * *")), at: before))
        #expect(scene.summary == "skipped(triggerReplaced) 0; next 86400")
    }

    /// A job every second that has fired 1,000 of 1,501 late occurrences and has held the others back for a second.
    private func heldBack() throws -> SimulatedJob {
        var scene = try SimulatedJob(try .interval(seconds: 1), .with { $0.coalesce = .all })
        try scene.pass(at: 1500, slots: 0)
        #expect(scene.job.next == Job.Next(scheduled: at(1000), due: at(1501)))
        return scene
    }

    @Test("What a pass has held back is recorded when the trigger is replaced")
    func modifyHeldBack() throws {
        var scene = try heldBack()
        scene.commit(try scene.snapshot.modified(try definition(try .crontab("0 0 * * *")), at: at(1500.5)))
        #expect(scene.summary.hasSuffix("; skipped(triggerReplaced) 1000...1500 (501); next 86400"))
    }

    @Test("What a pass has held back is recorded when the job is resumed")
    func resumeHeldBack() throws {
        var scene = try heldBack()
        scene.commit(scene.snapshot.paused(at: at(1500.2)))
        scene.commit(scene.snapshot.resumed(at: at(1500.5)))
        #expect(scene.summary.hasSuffix("; skipped(jobPaused) 1000...1500 (501); next 1501"))
    }

    @Test("Policies that are out of range are refused")
    func modifyInvalid() throws {
        let scene = try SimulatedJob(try .interval(seconds: 10))
        for set: (inout JobPolicies) -> Void in [
            { $0.maxInstances = 0 }, { $0.priority = 2_000_000 }, { $0.history = History(days: .max) },
        ] {
            let changed = try definition(try .interval(seconds: 10), set)
            let error = #expect(throws: CarillonError.self) { try scene.snapshot.modified(changed, at: at(1)) }
            #expect(error?.code == .invalidPolicy)
        }
    }

    @Test("A job that has ended begins again with another trigger, and ends with one that has no fire times")
    func modifyEnded() throws {
        var scene = try SimulatedJob(.date(at(0).date))
        try scene.pass(at: 0)
        #expect(scene.job.state == .ended)
        scene.commit(try scene.snapshot.modified(try definition(try .interval(seconds: 10)), at: at(5)))
        #expect(scene.summary == "0 running; next 5")
        let over = try Trigger.interval(seconds: 10, start: at(-100).date, end: at(-50).date)
        scene.commit(try scene.snapshot.modified(try definition(over), at: at(5)))
        #expect(scene.job.state == .ended)
        #expect(scene.job.next == nil)
    }

    @Test("What has fired ahead of time by a clock that ran fast does not fire again by another trigger")
    func modifyBehindAFastClock() throws {
        var scene = try SimulatedJob(try .crontab("0 * * * *"), added: 1)
        // Another node's clock is a minute ahead.
        try scene.pass(at: 3600)
        scene.commit(try scene.snapshot.modified(try definition(try .crontab("*/30 * * * *")), at: at(3540)))
        #expect(scene.job.next?.scheduled == at(5400))
    }

    @Test("The same date given anew is another occurrence")
    func sameDateAgain() throws {
        var scene = try SimulatedJob(.date(at(0).date))
        try scene.pass(at: 0)
        try scene.pass(at: 1, scene.completion(0, at: 1))
        for (number, date) in [100.0, 0].enumerated() {
            let now = Double(number) + 2
            scene.commit(try scene.snapshot.modified(try definition(.date(at(date).date)), at: at(now)))
        }
        try scene.pass(at: 5)
        #expect(scene.summary == "0 succeeded, 0 running; ended")
    }
}
