#if os(Linux)
private import CTimers
import CarillonTriggers
import Foundation
import Logging

/// What the thread of a process pool does: hands runs to workers, hears what these report, and replaces those that end.
///
/// A worker may be sent runs ahead, if runs are short: it begins the next one without waiting for the pool. Runs that it has
/// not begun are handed to others when it ends, or called back when the run before them takes long.
final class ProcessPoolLoop {
    private let pool: ProcessPool
    private let settings: ProcessPool.Settings
    private let event: Int32
    private let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    private var workers: [PoolWorker] = []
    /// Runs that no worker has been sent.
    private var waiting = WaitingWorks<RunWork>()
    /// Reserved runs that can be sent; those that a worker had before come first.
    private var ready: FirstInFirstOut<ReadyRun> = FirstInFirstOut()
    /// Reserved runs whose arguments are being completed.
    private var completing = 0
    private var isShutDown = false
    private var lastNumber: UInt32 = 0
    /// How many workers in a row were killed before they were ready.
    private var failures = 0
    /// Why there are no workers, and until when none is started.
    private var trouble: (reason: String, until: Int64)?
    /// When the system may be asked for a process again.
    private var startsAgain: Int64 = .min
    private var logger = Logger(label: "carillon")
    /// The current time on the monotonic clock, in microseconds, and when deadlines were last checked.
    private var now: Int64 = 0
    private var checked: Int64 = 0

    /// How long a worker has to begin a run that it has nothing to do before, in microseconds.
    private static let beginPatience: Int64 = 10_000_000
    /// How long one that performs a run has to say which runs it has not begun.
    private static let returnPatience: Int64 = 30_000_000
    /// How long a worker has to say that it is ready.
    private static let readyPatience: Int64 = 30_000_000
    /// How long a worker has to end when its connection has.
    private static let endPatience: Int64 = 2_000_000
    /// How long a run may take before those behind it are called back.
    private static let callBackTime: Int64 = 20_000
    /// How long no worker is started after one has ended before it was ready.
    private static let troublePause: Int64 = 60_000_000
    /// How often a worker may be killed before it is ready.
    private static let mostFailures = 3
    /// How late a wake-up shows that this process was suspended.
    private static let lateness: Int64 = 1_000_000

    init(_ pool: ProcessPool, _ event: Int32) {
        self.pool = pool
        settings = pool.settings
        self.event = event
    }

    deinit { block.deallocate() }

    /// Serves the pool until it is shut down and has nothing left to do.
    func run() {
        now = SystemClock().monotonic
        checked = now
        while true {
            takeInbox()
            if hasNothingToDo {
                if isShutDown, workers.isEmpty, pool.leave() { return }
                if isShutDown { for worker in workers where worker.sent.isEmpty { retire(worker) } }
            }
            hand()
            for worker in workers { worker.flush() }
            wait()
        }
    }

    private var hasNothingToDo: Bool { waiting.isEmpty && ready.isEmpty && completing == 0 }

    private func takeInbox() {
        let (inbox, isShutDown) = pool.take()
        self.isShutDown = isShutDown
        if let last = inbox.works.last { logger = last.origin.logger }
        for work in inbox.works { waiting.append(work, priority: work.priority) }
        for (work, result) in inbox.completed {
            completing -= 1
            switch result {
            case .success(let arguments): ready.append(ReadyRun(work: work, arguments: arguments))
            case .failure(let error): work.fail(error)
            }
        }
        for work in inbox.cancelled { end(work) }
    }

    /// Asks the worker of a run to end it.
    private func end(_ work: RunWork) {
        for worker in workers {
            guard let first = worker.sent.first, first.run.work === work, first.hasBegun else { continue }
            worker.ask(.cancel(first.number, isInterrupted: work.isInterrupted))
            worker.runEnd = now + max(settings.killAfter, worker.needs)
            // None of those behind it is to be at work if the worker is killed.
            callBack(worker)
        }
    }

    // MARK: Handing out

    private func hand() {
        if let trouble {
            if now >= trouble.until { self.trouble = nil } else if workers.isEmpty { failAll(trouble.reason) }
        }
        while let worker = workers.first(where: { $0.phase == .ready && $0.sent.isEmpty }), let run = next() {
            send(run, to: worker)
        }
        startWorkers()
        while let worker = leastLoaded, let run = next() { send(run, to: worker) }
    }

    /// The worker that begins a run soonest, of those that may be sent one ahead.
    private var leastLoaded: PoolWorker? {
        workers.lazy.filter { $0.phase == .ready && $0.sent.count < $0.room }.min { $0.sent.count < $1.sent.count }
    }

    /// Removes and returns the next run, reserved and with complete arguments.
    private func next() -> ReadyRun? {
        if let run = ready.popFirst() { return run }
        while let work = waiting.popFirst() {
            guard work.reserve() else { continue }
            if work.task.name.isOfFunction {
                work.fail(Engine.hasNoFunctions(work.executor))
            } else if work.readsFiles {
                completing += 1
                pool.complete(work)
            } else {
                do throws(CarillonError) {
                    return ReadyRun(work: work, arguments: try work.completeArguments())
                } catch {
                    work.fail(error)
                }
            }
        }
        return nil
    }

    private func send(_ run: ReadyRun, to worker: PoolWorker) {
        let left = run.work.leaseLeft
        guard left > 0 else { return run.work.giveBack() }
        lastNumber = lastNumber == .max ? 1 : lastNumber + 1
        let ownUntil = left == .max ? .max : SystemClock.bootTime + left
        worker.ask(
            .perform(
                run.work.order(lastNumber, run.arguments, hiding: settings.hiding(), ownUntil: ownUntil)))
        if worker.sent.isEmpty { worker.patience = now + Self.beginPatience }
        worker.sent.append(PoolWorker.Sent(number: lastNumber, run: run))
        if worker.sent.count > 1, worker.callBack == nil, !worker.isReturning {
            worker.callBack = now + Self.callBackTime
        }
        worker.runCount += 1
        if let limit = settings.runsPerWorker, worker.runCount >= limit { worker.phase = .retiring }
    }

    /// Starts workers for runs that no worker could be sent.
    private func startWorkers() {
        let starting = workers.count { $0.phase == .starting }
        var wanted = min(waiting.count + ready.count - starting, settings.workers - workers.count)
        guard wanted > 0, trouble == nil, now >= startsAgain else { return }
        while wanted > 0 {
            wanted -= 1
            do throws(PoolWorker.StartFailure) {
                let worker = try PoolWorker.start(settings.program, settings.arguments)
                worker.patience = now + Self.readyPatience
                workers.append(worker)
            } catch {
                startsAgain = now + 1_000_000
                logger.warning("no worker process could be started, which is tried again: \(error)")
                break
            }
        }
        pool.processes = workers.map(\.process)
    }

    private func failAll(_ reason: String) {
        let error = CarillonError(.unsupported, reason)
        while let run = ready.popFirst() { run.work.fail(error) }
        while let work = waiting.popFirst() { work.fail(error) }
    }

    // MARK: Waiting

    private func wait() {
        var news = [pollfd(fd: event, events: Int16(POLLIN), revents: 0)]
        for worker in workers {
            let events = Int16(POLLIN) | (worker.hasOutput ? Int16(POLLOUT) : 0)
            news.append(pollfd(fd: worker.isConnected ? worker.channel : -1, events: events, revents: 0))
            news.append(pollfd(fd: worker.processDescriptor, events: Int16(POLLIN), revents: 0))
        }
        let limit = timeLimit
        poll(&news, nfds_t(news.count), limit)
        if news[0].revents != 0 {
            var count: eventfd_t = 0
            eventfd_read(event, &count)
        }
        now = SystemClock().monotonic
        for (index, worker) in workers.enumerated() {
            if news[1 + 2 * index].revents != 0 { hear(worker) }
            let mayHaveEnded = news[2 + 2 * index].revents != 0 || !worker.isConnected
            if mayHaveEnded, let end = worker.wait() { finish(worker, end) }
        }
        // Those that were suspended together with this process have as long again.
        let late = now - checked - Int64(max(limit, 0)) * 1000
        if limit >= 0, late > Self.lateness { for worker in workers { worker.postpone(by: late) } }
        checked = now
        for worker in workers { checkDeadlines(of: worker) }
    }

    /// How long to wait, in milliseconds; -1 without limit.
    private var timeLimit: Int32 {
        var deadline = workers.lazy.compactMap(\.deadline).min() ?? .max
        if !waiting.isEmpty || !ready.isEmpty, startsAgain > now { deadline = min(deadline, startsAgain) }
        let isLooking = event < 0 || workers.contains { !$0.isConnected && $0.processDescriptor < 0 }
        if isLooking { deadline = min(deadline, now + 10_000) }
        return deadline == .max ? -1 : Int32(clamping: max(0, (deadline - now + 999) / 1000))
    }

    private func checkDeadlines(of worker: PoolWorker) {
        if let end = worker.runEnd, end <= now {
            worker.runEnd = nil
            kill(worker, .run)
        }
        if let time = worker.callBack, time <= now {
            callBack(worker)
        }
        if let patience = worker.patience, patience <= now {
            worker.patience = nil
            let fault: PoolWorker.Fault =
                switch worker.phase {
                case .starting: .silent
                case .ready: .frozen
                case .retiring: worker.sent.isEmpty ? .closed : .frozen
                case .ending: .closed
                }
            kill(worker, fault)
        }
    }

    /// Asks for the runs that a worker has not begun.
    private func callBack(_ worker: PoolWorker) {
        worker.callBack = nil
        guard worker.sent.count > 1, worker.isConnected, !worker.isReturning else { return }
        worker.isReturning = true
        worker.patience = now + Self.returnPatience
        worker.ask(.returnRuns)
    }

    private func kill(_ worker: PoolWorker, _ fault: PoolWorker.Fault) {
        worker.fault = worker.fault ?? fault
        worker.end()
    }

    /// Lets a worker without runs end.
    private func retire(_ worker: PoolWorker) {
        guard worker.isConnected, !worker.hasHungUp else { return }
        // One that is not ready yet sees the end of the connection as soon as it is.
        if worker.phase == .ready { worker.phase = .retiring }
        worker.patience = now + (worker.phase == .starting ? Self.readyPatience : Self.endPatience)
        worker.hangUp()
    }

    // MARK: Hearing

    private func hear(_ worker: PoolWorker) {
        // Not for ever, if one writes without end.
        for _ in 0..<4 {
            switch worker.receive(block) {
            case .nothing: return
            case .end:
                worker.phase = worker.phase == .starting ? .starting : .ending
                worker.isConnected = false
                worker.patience = now + Self.endPatience
                return
            case .something: if !follow(worker) { return }
            }
        }
    }

    /// Follows what has arrived.
    ///
    /// - Returns: `false` if something else than a report has.
    private func follow(_ worker: PoolWorker) -> Bool {
        do throws(FrameError) {
            while let (number, report) = try worker.nextReport() { try follow(report, on: number, of: worker) }
            return true
        } catch {
            worker.isConnected = false
            kill(worker, .report(error))
            return false
        }
    }

    private func follow(_ report: WorkerReport, on number: UInt32, of worker: PoolWorker) throws(FrameError) {
        switch report {
        case .ready:
            guard worker.phase == .starting else { throw FrameError(description: "it was ready before") }
            worker.phase = worker.hasHungUp ? .retiring : .ready
            worker.patience = worker.hasHungUp ? now + Self.endPatience : nil
            failures = 0
        case .refused(let reason): worker.refusal = reason
        case .begun:
            let work = try worker.first(number, hasBegun: false).run.work
            worker.sent[0].hasBegun = true
            worker.patience = nil
            worker.needs = 0
            worker.callBack = worker.sent.count > 1 && !worker.isReturning ? now + Self.callBackTime : nil
            work.beginElsewhere { [pool] in pool.cancel(work) }
        case .late:
            let work = try worker.first(number, hasBegun: false).run.work
            worker.removeFirst()
            work.giveBack()
            rest(worker)
        case .ended(let end, let took):
            let work = try worker.first(number, hasBegun: true).run.work
            worker.removeFirst()
            worker.runEnd = nil
            worker.learn(tookMicroseconds: took)
            work.endElsewhere(end)
            rest(worker)
        case .returned(let numbers):
            worker.isReturning = false
            worker.patience = nil
            for number in numbers { putBack(try worker.remove(number)) }
            if worker.sent.first?.hasBegun == false { worker.patience = now + Self.beginPatience }
            rest(worker)
        case .logged(let line): log(line, for: worker.atWork(number))
        case .output(let bytes): worker.atWork(number)?.output(bytes)
        case .progressed(let progress): worker.atWork(number)?.note(progress)
        case .works(let process): worker.atWork(number)?.note(process)
        case .settled: worker.atWork(number)?.settle()
        case .needs(let time):
            guard worker.atWork(number) != nil else { return }
            // At most a year: what a task may say itself.
            worker.needs = min(max(time, 0), 31_557_600_000_000)
            worker.runEnd = worker.runEnd.map { max($0, now + worker.needs) }
        }
    }

    /// Looks at what a worker has to do behind a run that has left it.
    private func rest(_ worker: PoolWorker) {
        if worker.sent.isEmpty {
            worker.callBack = nil
            worker.patience = nil
            if worker.phase == .retiring { retire(worker) }
        } else if worker.sent.first?.hasBegun == false {
            worker.patience = now + Self.beginPatience
        }
    }

    /// Takes back a run that has not begun.
    private func putBack(_ run: ReadyRun) {
        // One that the scheduler wanted back meanwhile is given back by this.
        guard run.work.release(), run.work.reserve() else { return }
        ready.append(run)
    }

    private func log(_ line: WorkerReport.LogLine, for work: RunWork?) {
        let logger = line.label.map { Logger(label: $0) } ?? work?.origin.logger ?? logger
        logger.log(
            level: line.level, "\(line.message)", metadata: line.metadata.mapValues { .string($0) },
            source: line.source,
            file: line.file, function: line.function, line: line.line)
    }

    // MARK: Ends of workers

    private func finish(_ worker: PoolWorker, _ end: ProcessEnd?) {
        if worker.isConnected {
            // What it has reported before it ended.
            reading: while true {
                guard case .something = worker.receive(block), follow(worker) else { break reading }
            }
        }
        workers.removeAll { $0 === worker }
        pool.processes = workers.map(\.process)
        for sent in worker.sent {
            let work = sent.run.work
            if case .report = worker.fault {
                // What it has reported since is not known, so any of them may have begun.
                if !sent.hasBegun { work.beginElsewhere {} }
                work.endElsewhere(failing: WorkerEnded(Self.words(worker.fault, end)))
            } else if !sent.hasBegun {
                putBack(sent.run)
            } else if case .run = worker.fault, work.isCancelled {
                work.output(Array("it did not end when it was asked to, and its worker was killed\n".utf8))
                work.endElsewhere(failing: CancellationError())
            } else {
                work.endElsewhere(failing: WorkerEnded(Self.words(worker.fault, end)))
            }
        }
        if worker.phase == .starting, !worker.hasHungUp { learn(from: worker, end) }
    }

    /// What has become of a worker, in words.
    private static func words(_ fault: PoolWorker.Fault?, _ end: ProcessEnd?) -> String {
        switch fault {
        case .report(let error): "its worker wrote to the pool what is no report (\(error)), and was killed"
        case .closed: "its worker closed the connection to the pool, and was killed"
        case .frozen: "its worker stood still, and was killed"
        case .silent, .run, nil:
            if let end {
                end.signalText.map { "its worker was ended by \($0)" }
                    ?? "its worker exited with status \(end.exitStatus ?? 0)"
            } else {
                "its worker has ended; how is not known, since this process ignores SIGCHLD or waits for any child"
            }
        }
    }

    /// Keeps a program that is no worker from being started again and again.
    private func learn(from worker: PoolWorker, _ end: ProcessEnd?) {
        let call = "main has to call ProcessPoolExecutor.runWorkerIfAsked before anything else"
        if let refusal = worker.refusal { return give(up: refusal, until: .max) }
        if case .silent = worker.fault {
            return give(up: "the worker process was not ready in time: \(call)", until: now + Self.troublePause)
        }
        if let status = end?.exitStatus {
            let words = "the worker process exited with status \(status) before it was ready: \(call)"
            return give(up: words, until: now + Self.troublePause)
        }
        failures += 1
        startsAgain = now + 100_000
        if failures >= Self.mostFailures {
            failures = 0
            let cause = end?.signalText.map { "was ended by \($0)" } ?? "has ended"
            give(up: "the worker process \(cause) before it was ready", until: now + Self.troublePause)
        }
    }

    private func give(up reason: String, until time: Int64) {
        logger.error("a process pool has no workers: \(reason)")
        trouble = (reason, time)
    }
}
#endif
