import CarillonTesting
import CarillonTriggers
import Synchronization
import Testing

@Suite struct ManualClockTests {
    private final class Awake: Sendable {
        let order = Mutex<[Int]>([])
    }

    private let start = Instant(seconds: 1000)

    @Test func timeMovesBothClocksAndPeopleMoveOne() {
        let clock = ManualClock(now: start)
        clock.advance(by: .seconds(5))
        #expect(clock.now == Instant(seconds: 1005))
        #expect(clock.monotonic == 5_000_000)
        clock.stepWall(by: .seconds(-3600))
        #expect(clock.now == Instant(seconds: -2595))
        #expect(clock.monotonic == 5_000_000)
        clock.setWall(to: start)
        #expect(clock.now == start)
        clock.advance(by: .seconds(-5))
        #expect(clock.monotonic == 5_000_000)
        #expect(clock.now == start)
    }

    @Test func sleepersWakeAtTheirDeadline() async throws {
        let clock = ManualClock(now: start)
        let awake = Awake()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for seconds in [3, 1, 2] {
                group.addTask {
                    try await clock.sleep(until: Int64(seconds) * 1_000_000)
                    awake.order.withLock { $0.append(seconds) }
                }
            }
            await clock.waitForSleepers(3)
            #expect(clock.nextWakeUp == 1_000_000)
            for seconds in 1...3 {
                clock.advance(by: .milliseconds(999))
                #expect(clock.sleepers == 4 - seconds)
                clock.advance(by: .milliseconds(1))
                #expect(clock.sleepers == 3 - seconds)
                try await group.next()
                #expect(awake.order.withLock { $0 } == Array(1...seconds))
            }
        }
    }

    @Test func aDeadlineThatHasPassedNeedsNoSleep() async throws {
        let clock = ManualClock()
        clock.advance(by: .seconds(1))
        try await clock.sleep(until: 1_000_000)
        try await clock.sleep(until: -5)
        #expect(clock.sleepers == 0)
    }

    @Test func theWallClockWakesNobody() async throws {
        let clock = ManualClock()
        let sleeper = Task { try await clock.sleep(until: 10) }
        await clock.waitForSleepers()
        clock.stepWall(by: .seconds(1_000_000))
        #expect(clock.sleepers == 1)
        clock.advance(by: .microseconds(10))
        try await sleeper.value
    }

    @Test func cancellationEndsASleep() async {
        let clock = ManualClock()
        let sleeper = Task { try await clock.sleep(until: 10) }
        await clock.waitForSleepers()
        sleeper.cancel()
        await #expect(throws: CancellationError.self) { try await sleeper.value }
        #expect(clock.sleepers == 0)
    }

    @Test func aTaskThatIsCancelledBeforeItSleepsDoesNotSleep() async {
        let clock = ManualClock()
        let sleeper = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await clock.sleep(until: 10)
        }
        await #expect(throws: CancellationError.self) { try await sleeper.value }
    }

    @Test func waitingForSleepersEndsWhenCancelled() async {
        let clock = ManualClock()
        let waiting = Task { await clock.waitForSleepers(2) }
        waiting.cancel()
        await waiting.value
        #expect(clock.sleepers == 0)
    }

    @Test func seededNumbersAreThoseOfTheAlgorithm() {
        // The first numbers of seed 1234567 as published with the reference implementation.
        var random = SeededRandom(seed: 1_234_567)
        #expect(
            (0..<3).map { _ in random.next() } == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            ])
    }
}
