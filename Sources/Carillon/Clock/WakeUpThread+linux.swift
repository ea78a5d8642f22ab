#if os(Linux)
private import CTimers
package import Logging
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The thread that waits for all alarms of the process, while there are any.
///
/// It sleeps in poll(2) on the timers that `WakeUpDescriptors` describes. The timer for the earliest alarm is set
/// earlier by as much as the thread always comes late; see `WakeUpLead`. If the system has no descriptors to give,
/// the thread sleeps in short steps instead, and asks for them again every second.
package final class WakeUpThread: Sendable {
    static let shared = WakeUpThread()

    private struct State {
        var rings: [Int: @Sendable () -> Void] = [:]
        var deadlines: [Int: Int64] = [:]
        var lead = WakeUpLead()
        /// When the timer ends; `nil` if it has ended or is not set.
        var armed: Int64?
        var lastNumber = 0
        /// The number of the thread that has to wait; `nil` if there are no alarms.
        var thread: Int?
        /// What that thread waits on; `nil` if it sleeps in steps.
        var descriptors: WakeUpDescriptors?
    }

    /// The most that an alarm comes late without descriptors, in microseconds.
    private static let step: Int64 = 10_000
    /// The time until descriptors are asked for again, in microseconds.
    private static let retryPause: Int64 = 1_000_000

    private let state = Mutex(State())
    private let opening: WakeUpDescriptors.Opening
    private let logger: Logger?

    /// Creates a thread that starts with the first alarm.
    ///
    /// - Parameters:
    ///   - opening: Opens the descriptors.
    ///   - logger: Logs that there are none; `nil` for a logger of the process as it is then.
    package init(opening: @escaping WakeUpDescriptors.Opening = WakeUpDescriptors.open, logger: Logger? = nil) {
        self.opening = opening
        self.logger = logger
    }

    package func alarm(_ ring: @escaping @Sendable () -> Void) -> any Alarm {
        let number = state.withLock { state in
            state.lastNumber += 1
            state.rings[state.lastNumber] = ring
            if state.thread == nil { start(&state) }
            return state.lastNumber
        }
        return ThreadAlarm(thread: self, number: number)
    }

    fileprivate func set(_ number: Int, to deadline: Int64?) {
        state.withLock { state in
            guard state.rings[number] != nil else { return }
            let earliest = state.deadlines.values.min()
            state.deadlines[number] = deadline
            if let descriptors = state.descriptors, state.deadlines.values.min() != earliest {
                Self.arm(descriptors.timer, &state)
            }
        }
    }

    fileprivate func remove(_ number: Int) {
        state.withLock { state in
            state.rings[number] = nil
            state.deadlines[number] = nil
            guard state.rings.isEmpty else { return }
            state.thread = nil
            state.descriptors?.end()
            state.descriptors = nil
        }
    }

    private func start(_ state: inout State) {
        let number = state.lastNumber
        state.thread = number
        do throws(WakeUpDescriptors.Refusal) {
            state.descriptors = try opening()
        } catch {
            tell(error)
        }
        let descriptors = state.descriptors
        NamedThread.start("carillon-wakeup", stackBytes: 262_144) { self.run(number, descriptors) }
    }

    private func tell(_ refusal: WakeUpDescriptors.Refusal) {
        let logger = logger ?? Logger(label: "carillon")
        logger.warning("the system has no timer to give, so alarms come up to 10 ms late until it has: \(refusal)")
    }

    private func run(_ number: Int, _ descriptors: WakeUpDescriptors?) {
        var descriptors = descriptors
        while let open = descriptors ?? sleepUntilOpened(number) {
            guard let refusal = wait(on: open) else { return open.close() }
            state.withLock { if $0.thread == number { $0.descriptors = nil } }
            open.close()
            tell(refusal)
            descriptors = nil
        }
    }

    /// Rings what is due, in steps, until the descriptors can be opened.
    ///
    /// - Returns: The descriptors; `nil` if the thread is not needed any more.
    private func sleepUntilOpened(_ number: Int) -> WakeUpDescriptors? {
        var tried = SystemClock().monotonic
        while true {
            let now = SystemClock().monotonic
            let pause = state.withLock { state -> Int64? in
                guard state.thread == number else { return nil }
                return min(max((state.deadlines.values.min() ?? .max) - now, 0), Self.step)
            }
            guard let pause else { return nil }
            var time = timespec(tv_sec: 0, tv_nsec: Int(pause) * 1000)
            nanosleep(&time, nil)
            let woken = SystemClock().monotonic
            let isRetry = woken - tried >= Self.retryPause
            // The wall clock may have been set, which nothing reports meanwhile.
            ring(all: isRetry, woken, hasTimerEnded: false)
            guard isRetry else { continue }
            tried = woken
            guard let opened = try? opening() else { continue }
            let isWanted = state.withLock { state in
                guard state.thread == number else { return false }
                state.descriptors = opened
                Self.arm(opened.timer, &state)
                return true
            }
            guard isWanted else {
                opened.close()
                return nil
            }
            (logger ?? Logger(label: "carillon")).notice("the system has a timer to give again")
            return opened
        }
    }

    /// Rings what is due, on time, until the thread is not needed any more.
    ///
    /// - Returns: Why it cannot wait; `nil` if it is not needed.
    private func wait(on descriptors: WakeUpDescriptors) -> WakeUpDescriptors.Refusal? {
        var waited = descriptors.all.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        while true {
            guard poll(&waited, nfds_t(waited.count), -1) >= 0 else {
                if errno == EINTR { continue }
                return WakeUpDescriptors.Refusal(number: errno)
            }
            let woken = SystemClock().monotonic
            // A system call takes long on a processor that was asleep, and the alarm is due: descriptors that are
            // not ready are not read, and the timer is set again at the end.
            let isReady = waited.map { $0.revents != 0 }
            if isReady[2] { return nil }
            let wasSet = isReady[1] && descriptors.wasWallClockSet()
            ring(all: wasSet, woken, hasTimerEnded: isReady[0])
            if isReady[0] { state.withLock { if $0.armed == nil { Self.arm(descriptors.timer, &$0) } } }
        }
    }

    private func ring(all: Bool, _ woken: Int64, hasTimerEnded: Bool) {
        for (deadline, ring) in takeRings(all: all, woken, hasTimerEnded: hasTimerEnded) {
            // For less than the lead.
            while SystemClock().monotonic < deadline {}
            ring()
        }
    }

    /// Returns the alarms whose time has come, in the order of their times; or all of them, to ring at once.
    private func takeRings(
        all: Bool,
        _ woken: Int64,
        hasTimerEnded: Bool
    ) -> [(deadline: Int64, ring: @Sendable () -> Void)] {
        state.withLock { state in
            if hasTimerEnded, let armed = state.armed, armed <= woken { state.lead.note(lateness: woken - armed) }
            if hasTimerEnded { state.armed = nil }
            let reached = woken + state.lead.microseconds
            let due = state.deadlines.filter { $0.value <= reached }
            for number in due.keys { state.deadlines[number] = nil }
            if all { return state.rings.values.map { (.min, $0) } }
            return due.sorted { $0.value < $1.value }.compactMap { number, deadline in
                state.rings[number].map { (deadline, $0) }
            }
        }
    }

    /// Sets the timer to the earliest deadline, less the lead. A timer that has ended is then no longer ready to be
    /// read.
    private static func arm(_ timer: Int32, _ state: inout State) {
        var setting = itimerspec()
        let now = SystemClock().monotonic
        state.armed = state.deadlines.values.min().map { deadline in
            let (wanted, overflow) = deadline.subtractingReportingOverflow(state.lead.microseconds)
            return overflow ? now : max(wanted, now)
        }
        if let armed = state.armed {
            // Zero would disarm it.
            let distance = max(armed - now, 1)
            setting.it_value = timespec(
                tv_sec: Int(distance / 1_000_000), tv_nsec: Int(distance % 1_000_000) * 1000)
        }
        timerfd_settime(timer, 0, &setting, nil)
    }
}

private struct ThreadAlarm: Alarm {
    let thread: WakeUpThread
    let number: Int

    func set(_ monotonic: Int64?) { thread.set(number, to: monotonic) }

    func stop() { thread.remove(number) }
}
#endif
