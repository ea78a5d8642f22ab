#if os(Linux)
    private import CTimers
    import Synchronization

    #if canImport(Glibc)
        import Glibc
    #else
        import Musl
    #endif

    /// The thread that waits for all alarms of the process, while there are any.
    ///
    /// It sleeps in poll(2) on three descriptors: a timer for the earliest alarm, by the clock that goes on while the
    /// machine is suspended; a timer on the wall clock that is never reached, whose read fails with `ECANCELED` when
    /// somebody sets that clock (timerfd_create(2), `TFD_TIMER_CANCEL_ON_SET`); and an event that says that it has to
    /// leave. The first timer is set as much earlier as the thread always comes late: see `WakeUpLead`.
    final class WakeUpThread: Sendable {
        static let shared = WakeUpThread()

        private struct State {
            var rings: [Int: @Sendable () -> Void] = [:]
            var deadlines: [Int: Int64] = [:]
            var lead = WakeUpLead()
            /// When the timer ends; nothing where it has ended, or is not set.
            var armed: Int64?
            var lastNumber = 0
            var descriptors: Descriptors?
        }

        private struct Descriptors {
            let timer: Int32
            let wallClock: Int32
            let event: Int32
        }

        private let state = Mutex(State())

        func alarm(_ ring: @escaping @Sendable () -> Void) -> any Alarm {
            let number = state.withLock { state in
                state.lastNumber += 1
                state.rings[state.lastNumber] = ring
                if state.descriptors == nil { state.descriptors = start() }
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
                if state.rings.isEmpty, let descriptors = state.descriptors {
                    state.descriptors = nil
                    eventfd_write(descriptors.event, 1)
                }
            }
        }

        /// Opens the descriptors and starts the thread; nothing where the system refuses, so that alarms are not rung.
        private func start() -> Descriptors? {
            let descriptors = Descriptors(
                timer: timerfd_create(CLOCK_BOOTTIME, Int32(TFD_CLOEXEC | TFD_NONBLOCK)),
                wallClock: timerfd_create(CLOCK_REALTIME, Int32(TFD_CLOEXEC | TFD_NONBLOCK)),
                event: eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
            )
            Self.watch(wallClock: descriptors.wallClock)
            NamedThread.start("carillon-wakeup", stackBytes: 262_144) { self.run(descriptors) }
            return descriptors
        }

        private func run(_ descriptors: Descriptors) {
            let all = [descriptors.timer, descriptors.wallClock, descriptors.event]
            defer { for descriptor in all { close(descriptor) } }
            var waited = all.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            while true {
                guard poll(&waited, nfds_t(waited.count), -1) >= 0 else {
                    if errno == EINTR { continue }
                    return
                }
                let woken = SystemClock().monotonic
                // A processor that was asleep takes long for a call of the system, and somebody waits: what has nothing to
                // say is not read, and the timer is set again at the end.
                let isReady = waited.map { $0.revents != 0 }
                if isReady[2] { return }
                let wasSet = isReady[1] && Self.wasSet(wallClock: descriptors.wallClock)
                for (deadline, ring) in takeRings(all: wasSet, woken, hasTimerEnded: isReady[0]) {
                    // No longer than the lead.
                    while SystemClock().monotonic < deadline {}
                    ring()
                }
                if isReady[0] { state.withLock { if $0.armed == nil { Self.arm(descriptors.timer, &$0) } } }
            }
        }

        /// Those whose time has come, in its order, with their times; or all of them, at once.
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

        /// Sets the timer to the earliest deadline, less the lead. A timer that has ended is not ready to be read any more.
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

        /// Whether somebody has set the wall clock; from then on the next time is waited for.
        private static func wasSet(wallClock: Int32) -> Bool {
            var expirations: UInt64 = 0
            guard read(wallClock, &expirations, 8) < 0, errno == ECANCELED else { return false }
            watch(wallClock: wallClock)
            return true
        }

        private static func watch(wallClock: Int32) {
            // The year 9999; the clock is never waited for.
            var setting = itimerspec()
            setting.it_value = timespec(tv_sec: 253_402_300_799, tv_nsec: 0)
            let flags = Int32(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET)
            timerfd_settime(wallClock, flags, &setting, nil)
        }
    }

    private struct ThreadAlarm: Alarm {
        let thread: WakeUpThread
        let number: Int

        func set(_ monotonic: Int64?) { thread.set(number, to: monotonic) }

        func stop() { thread.remove(number) }
    }
#endif
