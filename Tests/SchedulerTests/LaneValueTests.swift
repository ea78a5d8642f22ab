import Carillon
import CarillonTriggers
import Testing

/// What a lane knows, subject by subject, without a store or a scheduler.
@Suite struct LaneValueTests {
    private static let second: Int64 = 1_000_000
    private static let noon = Instant(microseconds: 1_000_000 * Self.second)

    // MARK: A store that fails

    @Test("after failures a store is asked again later and later, up to every 30 seconds")
    func backOff() {
        var health = StoreHealth()
        var pauses: [Int64] = []
        for failure in 1...11 {
            let isFirst = health.fail(at: 0)
            #expect(isFirst == (failure == 1))
            pauses.append(health.retryAt / 100_000)
        }
        #expect(pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300])
        #expect(!health.mayAsk(at: 29_999_999))
        #expect(health.mayAsk(at: 30_000_000))
    }

    @Test("a store that answers is healthy, and the next failure is the first again")
    func recovery() {
        var health = StoreHealth()
        let hadFailed = health.answer()
        #expect(!hadFailed)
        _ = health.fail(at: 5)
        #expect(health.isFailing)
        health.retryAtOnce()
        #expect(health.mayAsk(at: 5) && health.isFailing)
        let hasRecovered = health.answer()
        #expect(hasRecovered)
        #expect(!health.isFailing)
        let isFirstAgain = health.fail(at: 5)
        #expect(isFirstAgain)
    }

    @Test("the pause begins when the store fails, and ends when it answers")
    func pause() {
        var health = StoreHealth()
        _ = health.fail(at: 5)
        #expect(!health.mayAsk(at: 100_004))
        #expect(health.mayAsk(at: 100_005))
        let hasRecovered = health.answer()
        #expect(hasRecovered)
        #expect(health.mayAsk(at: 5))
    }

    @Test("passes that are refused in a row are tried again 19 times, and looked into once")
    func refusals() {
        var refused = RefusedPasses()
        var answers = (1...20).map { _ in refused.take([.changed, .gone]) }
        #expect(answers.filter(\.triesAgain).count == 19)
        #expect(answers.indices.filter { answers[$0].isSuspicious } == [2])
        // One that was written begins the count anew.
        let mixed = refused.take([.accepted, .changed])
        #expect(mixed == .init(triesAgain: true))
        let written = refused.take([.accepted])
        #expect(written == .init(triesAgain: false))
        answers = (1...3).map { _ in refused.take([.changed]) }
        #expect(answers.map(\.triesAgain) == [true, true, true])
    }

    @Test("a pass whose jobs are all gone was not refused, and begins the count anew")
    func goneJobs() {
        var refused = RefusedPasses()
        let answers = [[.changed], [.changed], [.gone], [], [CommitStatus.changed]].map { refused.take($0) }
        #expect(answers.map(\.triesAgain) == [true, true, false, false, true])
        #expect(answers.allSatisfy { !$0.isSuspicious })
    }

    // MARK: When there is something to do

    private func next(_ agenda: inout Agenda, isAwake: Bool = true, hasRoom: Bool = true, isStalled: Bool = false)
        -> Agenda.Next
    { agenda.next(at: Self.noon, 500, isAwake: isAwake, hasRoom: hasRoom, isStalled: isStalled) }

    private func agenda(due: Int64? = nil, available: Int64? = nil) -> Agenda {
        var agenda = Agenda(passLimit: 10)
        agenda.mustPass = false
        agenda.beginAsking()
        agenda.learn(
            EarliestTimes(
                due: due.map { Self.noon.advanced(byMicroseconds: $0) },
                available: available.map { Self.noon.advanced(byMicroseconds: $0) }))
        return agenda
    }

    @Test("what is due is done now, and what comes at its time")
    func dueTimes() {
        var later = agenda(due: 7, available: 9)
        #expect(!later.hasSomething(at: Self.noon))
        let laterTurn = next(&later)
        #expect(laterTurn == .at([507, 509]))
        var due = agenda(due: 0)
        #expect(due.hasSomething(at: Self.noon))
        let turn = next(&due)
        #expect(turn == .now)
        let stalledTurn = next(&due, isStalled: true)
        #expect(stalledTurn == .at([500 + Self.second]))
        let asleepTurn = next(&due, isAwake: false)
        #expect(asleepTurn == .at([]))
    }

    @Test("a ready run waits for room, and the lane knows that it is starved")
    func starved() {
        var agenda = agenda(available: -1)
        let starvedTurn = next(&agenda, hasRoom: false)
        #expect(starvedTurn == .at([500 + Self.second]))
        #expect(agenda.isStarved)
        agenda.beginAsking()
        agenda.learn(EarliestTimes())
        let laterTurn = next(&agenda, hasRoom: false)
        #expect(laterTurn == .at([]))
        #expect(!agenda.isStarved)
        #expect(agenda.isEmpty)
    }

    @Test("a run that is ready now is something to do, and starves a lane that has no room")
    func readyNow() {
        var agenda = agenda(available: 0)
        #expect(!agenda.hasSomething(at: Self.noon.advanced(byMicroseconds: -1)))
        #expect(agenda.hasSomething(at: Self.noon))
        let asleepTurn = next(&agenda, isAwake: false, hasRoom: false)
        #expect(asleepTurn == .at([]))
        #expect(!agenda.isStarved)
        let turn = next(&agenda)
        #expect(turn == .now)
        let starvedTurn = next(&agenda, hasRoom: false)
        #expect(starvedTurn == .at([500 + Self.second]))
        #expect(agenda.isStarved)
    }

    @Test("a job that is due does not wait for room")
    func dueWithoutRoom() {
        var agenda = agenda(due: -1)
        let turn = next(&agenda, hasRoom: false)
        #expect(turn == .now)
    }

    @Test("a lane is empty only if it need not pass, need not ask and knows of no time")
    func emptiness() {
        #expect(Agenda(passLimit: 10).mustPass)
        var agenda = agenda()
        #expect(agenda.isEmpty)
        #expect(!agenda.hasSomething(at: Self.noon))
        agenda.mustPass = true
        #expect(!agenda.isEmpty)
        #expect(agenda.hasSomething(at: Self.noon))
        agenda.mustPass = false
        agenda.mustAsk = true
        #expect(!agenda.isEmpty)
        agenda.beginAsking()
        #expect(agenda.isEmpty)
        let due = self.agenda(due: 7)
        #expect(!due.isEmpty)
        let available = self.agenda(available: 7)
        #expect(!available.isEmpty)
    }

    @Test("all that is added counts at once, until the store is asked the next time")
    func addedBefore() {
        var agenda = agenda()
        let isEarlier = agenda.expect(EarliestTimes(due: Self.noon))
        #expect(isEarlier)
        #expect(agenda.earliest == EarliestTimes(due: Self.noon))
        _ = agenda.expect(EarliestTimes(available: Self.noon))
        agenda.learn(EarliestTimes())
        #expect(agenda.earliest == EarliestTimes(due: Self.noon, available: Self.noon))
        agenda.beginAsking()
        agenda.learn(EarliestTimes())
        #expect(agenda.isEmpty)
    }

    @Test("what is added while the store answers is not forgotten")
    func addedMeanwhile() {
        var agenda = agenda()
        agenda.beginAsking()
        let isEarlier = agenda.expect(EarliestTimes(due: Self.noon))
        #expect(isEarlier)
        agenda.learn(EarliestTimes(due: Self.noon.advanced(byMicroseconds: 5)))
        #expect(agenda.earliest.due == Self.noon)
        // What is later than what is known moves nothing.
        let isStillEarlier = agenda.expect(EarliestTimes(due: Self.noon.advanced(byMicroseconds: 3)))
        #expect(!isStillEarlier)
    }

    @Test("a pass looks further while it sees only runs that no executor has room for")
    func hiddenRuns() {
        var agenda = agenda()
        agenda.lookFurther(true)
        agenda.lookFurther(true)
        #expect(agenda.readyLimit == 40)
        agenda.lookFurther(false)
        #expect(agenda.readyLimit == 10)
    }

    // MARK: What could be fired in time

    @Test("a lane that is woken in time has been awake since what it waited for was due")
    func wokenInTime() {
        var timely = TimelyFiring(since: .earliest)
        let due = Self.noon.advanced(byMicroseconds: -3 * Self.second)
        timely.beginWait(until: 60 * Self.second, due: due, at: Self.noon.advanced(byMicroseconds: -Self.second), 0)
        let isLost = timely.endWait(at: Self.noon, Self.second)
        #expect(!isLost)
        let since = timely.awakeSince(at: Self.noon)
        #expect(since == due)
    }

    @Test("one that is woken a second late, while the wall clock gained a second, was in time, once")
    func wokenJustInTime() {
        var timely = TimelyFiring(since: .earliest)
        timely.beginWait(until: 10 * Self.second, due: Self.noon, at: Self.noon, 0)
        let now = Self.noon.advanced(byMicroseconds: 12 * Self.second)
        let isLost = timely.endWait(at: now, 11 * Self.second)
        #expect(!isLost)
        let since = timely.awakeSince(at: now)
        #expect(since == Self.noon)
        // It does not wait any more.
        let isLostLater = timely.endWait(at: now.advanced(byMicroseconds: 60 * Self.second), 12 * Self.second)
        #expect(!isLostLater)
    }

    @Test("a wait that was over when it began is late only by what it took")
    func waitInThePast() {
        var timely = TimelyFiring(since: .earliest)
        timely.beginWait(until: 0, due: nil, at: Self.noon, 5 * Self.second)
        let isLost = timely.endWait(at: Self.noon, 5 * Self.second)
        #expect(!isLost)
    }

    @Test("one that is woken before anything is due fires in time what came due within a second", arguments: [nil, 9])
    func wokenEarly(_ due: Int64?) {
        var timely = TimelyFiring(since: .earliest)
        let began = Self.noon.advanced(byMicroseconds: -2 * Self.second)
        timely.beginWait(until: nil, due: due.map { Self.noon.advanced(byMicroseconds: $0) }, at: began, 0)
        let isLost = timely.endWait(at: Self.noon, 2 * Self.second)
        #expect(!isLost)
        let since = timely.awakeSince(at: Self.noon)
        #expect(since == Self.noon.advanced(byMicroseconds: -Self.second))
    }

    @Test("no wait makes a lane awake since earlier than it was, but a clock that is set back does")
    func neverEarlier() {
        var timely = TimelyFiring(since: Self.noon)
        timely.beginWait(until: nil, due: Self.noon.advanced(byMicroseconds: -9), at: Self.noon, 0)
        _ = timely.endWait(at: Self.noon, 0)
        let since = timely.awakeSince(at: Self.noon)
        #expect(since == Self.noon)
        let before = Self.noon.advanced(byMicroseconds: -5)
        let sinceSetBack = timely.awakeSince(at: before)
        #expect(sinceSetBack == before)
        let sinceThen = timely.awakeSince(at: Self.noon)
        #expect(sinceThen == before)
        timely.loseTime()
        let sinceLost = timely.awakeSince(at: Self.noon)
        #expect(sinceLost == Self.noon)
    }

    @Test(
        "one that is woken more than a second late, or by another clock, has lost time",
        arguments: [
            (monotonic: Int64(12_000_000), wall: Int64(12_000_000)),  // it stood still
            (monotonic: 5_000_000, wall: 7_000_000),  // the wall clock was set on
            (monotonic: 5_000_000, wall: 3_000_000),  // the wall clock was set back
        ])
    func wokenLate(_ elapsed: (monotonic: Int64, wall: Int64)) {
        var timely = TimelyFiring(since: .earliest)
        timely.beginWait(until: 10_000_000, due: Self.noon, at: Self.noon, 0)
        let now = Self.noon.advanced(byMicroseconds: elapsed.wall)
        let isLost = timely.endWait(at: now, elapsed.monotonic)
        #expect(isLost)
        let since = timely.awakeSince(at: now)
        #expect(since == now)
        // That counts once.
        let sinceThen = timely.awakeSince(at: now.advanced(byMicroseconds: 9))
        #expect(sinceThen == now)
    }

    @Test("one that had no lease for more than a second has lost time when it has it again")
    func asleep() {
        var timely = TimelyFiring(since: .earliest)
        let isLostAsleep = timely.note(isAwake: false, at: 0)
        #expect(!isLostAsleep)
        let isLostAfterASecond = timely.note(isAwake: true, at: Self.second)
        #expect(!isLostAfterASecond)
        let isLostAgain = timely.note(isAwake: false, at: 2 * Self.second)
        #expect(!isLostAgain)
        let isLostStill = timely.note(isAwake: false, at: 3 * Self.second)
        #expect(!isLostStill)
        let isLostAfterMore = timely.note(isAwake: true, at: 3 * Self.second + 1)
        #expect(isLostAfterMore)
        let since = timely.awakeSince(at: Self.noon)
        #expect(since == Self.noon)
    }

    @Test("two short times without a lease do not add up")
    func asleepTwice() {
        var timely = TimelyFiring(since: .earliest)
        for start in [0, 2 * Self.second] {
            _ = timely.note(isAwake: false, at: start)
            let isLost = timely.note(isAwake: true, at: start + 1)
            #expect(!isLost)
        }
    }

    // MARK: The lease

    @Test("a lease lasts from when the last answered heartbeat was sent")
    func lease() {
        let lease = LeaseHold(lease: 10, from: 100)
        #expect(lease.canRunOut)
        #expect(lease.isHeld(at: 109))
        #expect(!lease.isHeld(at: 110))
        #expect(lease.left(from: 100, at: 103) == 7)
        lease.hear(sent: 105, answered: 109)
        #expect(lease.left(from: 100, at: 110) == 5)
        // An answer that comes after that of a later heartbeat does not shorten it.
        lease.hear(sent: 103, answered: 110)
        #expect(lease.left(from: 100, at: 110) == 5)
        #expect(lease.breaks == 0)
    }

    @Test("runs taken before a heartbeat that was answered too late stay lost, and those taken since are the node's")
    func brokenLease() {
        let lease = LeaseHold(lease: 10, from: 100)
        lease.hear(sent: 108, answered: 110)
        #expect(lease.breaks == 1)
        #expect(lease.left(from: 107, at: 111) == 0)
        #expect(lease.left(from: 108, at: 111) == 7)
        lease.hear(sent: 112, answered: 113)
        #expect(lease.breaks == 1)
        #expect(lease.left(from: 107, at: 113) == 0)
        #expect(lease.left(from: 108, at: 113) == 9)
    }

    @Test("a lease that begins anew covers no run taken before")
    func begunAnew() {
        let lease = LeaseHold(lease: 10, from: 100)
        lease.begin(at: 105)
        #expect(lease.breaks == 1)
        #expect(lease.left(from: 104, at: 106) == 0)
        #expect(lease.left(from: 105, at: 106) == 9)
    }

    @Test("runs in a store of one process are its own for ever")
    func withoutLease() {
        let lease = LeaseHold(lease: nil, from: 100)
        #expect(!lease.canRunOut)
        lease.hear(sent: 500, answered: 900)
        #expect(lease.breaks == 0)
        #expect(lease.isHeld(at: .max))
        #expect(lease.left(from: 0, at: .max) == .max)
    }

    // MARK: Reconciliation

    @Test("runs are reconciled at the start, when wanted, after a break of the lease and once more after a failure")
    func reconciliation() {
        var reconciliation = Reconciliation()
        #expect(reconciliation.isDue)
        reconciliation.finish(breaks: 1, again: 50)
        reconciliation.check(at: 49, breaks: 1)
        #expect(!reconciliation.isDue)
        reconciliation.check(at: 50, breaks: 1)
        #expect(reconciliation.isDue)
        reconciliation.finish(breaks: 1, again: nil)
        reconciliation.check(at: 99, breaks: 2)
        #expect(reconciliation.isDue)
        reconciliation.finish(breaks: 2, again: nil)
        // Where nobody else can take over a run, breaks mean nothing.
        reconciliation.check(at: 99, breaks: nil)
        #expect(!reconciliation.isDue)
        reconciliation.want()
        #expect(reconciliation.isDue)
    }
}
