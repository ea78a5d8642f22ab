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
    /// look again.
    final class WakeUpThread: Sendable {
        static let shared = WakeUpThread()

        private struct State {
            var rings: [Int: @Sendable () -> Void] = [:]
            var deadlines: [Int: Int64] = [:]
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
                let newEarliest = state.deadlines.values.min()
                if let descriptors = state.descriptors, newEarliest != earliest {
                    Self.arm(descriptors.timer, at: newEarliest)
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
                guard poll(&waited, nfds_t(waited.count), -1) >= 0 || errno == EINTR else { return }
                var expirations: UInt64 = 0
                if read(descriptors.event, &expirations, 8) == 8 { return }
                _ = read(descriptors.timer, &expirations, 8)
                let wasSet = read(descriptors.wallClock, &expirations, 8) < 0 && errno == ECANCELED
                if wasSet { Self.watch(wallClock: descriptors.wallClock) }
                for ring in takeRings(all: wasSet, timer: descriptors.timer) { ring() }
            }
        }

        /// Those whose time has come, or all of them; the timer is set to the next one.
        private func takeRings(all: Bool, timer: Int32) -> [@Sendable () -> Void] {
            state.withLock { state in
                let now = SystemClock().monotonic
                var rings: [@Sendable () -> Void] = []
                for (number, deadline) in state.deadlines where deadline <= now {
                    state.deadlines[number] = nil
                    if !all, let ring = state.rings[number] { rings.append(ring) }
                }
                Self.arm(timer, at: state.deadlines.values.min())
                return all ? Array(state.rings.values) : rings
            }
        }

        private static func arm(_ timer: Int32, at deadline: Int64?) {
            var setting = itimerspec()
            if let deadline {
                // Zero would disarm it; a time that has passed by more than 64 bits carry has passed.
                let (distance, overflow) = deadline.subtractingReportingOverflow(SystemClock().monotonic)
                let micros = overflow ? 1 : max(distance, 1)
                setting.it_value = timespec(
                    tv_sec: Int(micros / 1_000_000),
                    tv_nsec: Int(micros % 1_000_000) * 1000
                )
            }
            timerfd_settime(timer, 0, &setting, nil)
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
