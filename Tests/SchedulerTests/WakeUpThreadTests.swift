#if os(Linux)
import Carillon
import Logging
import Synchronization
import Testing

/// Alarms where the system has no descriptors to give.
@Suite("Alarms without descriptors", .timeLimit(.minutes(10))) struct WakeUpThreadTests {
    @Test("They ring all the same, it is told, and they are in time again once there are some")
    func fallsBackAndRecovers() async throws {
        let (tries, logged) = (Counter(), LoggedLines())
        let thread = WakeUpThread(
            opening: { () throws(WakeUpDescriptors.Refusal) in
                tries.add()
                // EMFILE.
                if tries.value <= 2 { throw WakeUpDescriptors.Refusal(number: 24) }
                return try WakeUpDescriptors.open()
            }, logger: logged.logger)
        let (rings, source) = AsyncStream.makeStream(of: Int64.self)
        let alarm = thread.alarm { source.yield(SystemClock().monotonic) }
        func ringOnce(after microseconds: Int64) async {
            let deadline = SystemClock().monotonic + microseconds
            alarm.set(deadline)
            // All alarms ring each time that descriptors are asked for, whatever they are set to.
            for await time in rings where time >= deadline { return }
        }
        #expect(tries.value == 1)
        for _ in 1...3 { await ringOnce(after: 1000) }
        #expect(logged.lines(with: "no timer to give").map(\.level) == [.warning])
        #expect(logged.lines(with: "Too many open files").count == 1)
        while logged.lines(with: "a timer to give again").isEmpty { await ringOnce(after: 50_000) }
        #expect(tries.value == 3)
        for _ in 1...3 { await ringOnce(after: 1000) }
        alarm.stop()
        // What comes later has a thread of its own.
        let next = thread.alarm { source.yield(.max) }
        next.set(SystemClock().monotonic + 1000)
        for await time in rings where time == .max { break }
        next.stop()
        #expect(logged.lines(with: "").count == 2)
    }

    @Test("The thread ends with its last alarm, also without descriptors")
    func endsWithTheLastAlarm() async throws {
        weak var ended: WakeUpThread?
        do {
            let thread = WakeUpThread(
                opening: { () throws(WakeUpDescriptors.Refusal) in throw WakeUpDescriptors.Refusal(number: 24) },
                logger: LoggedLines().logger)
            ended = thread
            let alarm = thread.alarm {}
            alarm.set(SystemClock().monotonic + 60_000_000)
            alarm.stop()
        }
        while ended != nil { try await Task.sleep(for: .milliseconds(1)) }
    }
}
#endif
