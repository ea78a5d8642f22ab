import Carillon
import CarillonConfiguration
import CarillonTasks
import CarillonTriggers
import Dispatch
import Foundation
import Logging

/// Serves the jobs of a configuration until it is asked to stop.
actor Server {
    /// What somebody wants of it, or what has come of that.
    private enum News: Sendable {
        case started(ServeBanner)
        case failed(CommandFailure)
        case ended
    }

    private enum Phase {
        case starting
        case serving
        case stopping
        case forced
        /// Nothing is left but to write what is to be told.
        case ended
    }

    /// How long runs have to end after a second request to stop: asked at once, they are left after twice as long.
    private static let forcedDeadline = Duration.seconds(1)

    /// So many jobs that are due next are told at the beginning.
    private static let shownJobs = 5

    private let sources: ServeSources
    private var configuration: Configuration
    private let stores: ServedStores
    private let scheduler: AsyncScheduler
    private let output: ServeOutput
    private let logger: Logger
    private let notifier: ServiceNotifier
    private let terminal = Terminal.output
    private let news: AsyncStream<News>
    private let sender: AsyncStream<News>.Continuation
    private let atWork: RunsAtWork
    private var phase = Phase.starting
    /// How wide the ids of the configuration's jobs are.
    private var jobWidth: Int
    private var failure: CommandFailure?
    /// Whether the scheduler was started.
    private var hasStarted = false
    /// Whether somebody wants the configuration read anew as soon as it is served.
    private var isReloadWanted = false
    private var latestStop: ContinuousClock.Instant?
    private var reloading: Task<Void, Never>?
    /// How often the configuration was read anew.
    private var reloadCount = 0

    /// Puts a scheduler together.
    ///
    /// - Throws: `CommandFailure` where the configuration asks for what this command does not have.
    init(
        _ sources: ServeSources,
        _ configuration: Configuration,
        _ stores: ServedStores,
        _ notifier: ServiceNotifier
    ) throws(CommandFailure) {
        let (news, sender) = AsyncStream.makeStream(of: News.self)
        let output = ServeOutput { sender.yield(.failed(CommandFailure($0))) }
        let isJSON = configuration.log.format == .json
        let level = Logger.Level(rawValue: configuration.log.level.rawValue) ?? .info
        var options = SchedulerOptions()
        options.stores = stores.stores
        options.executors = try ServedExecutors.of(configuration)
        options.zone = configuration.zone
        options.policies = configuration.jobDefaults
        options.lease = configuration.lease
        logger = Logger(label: "carillon") { _ in ServeLogHandler(output, level: level, isJSON: isJSON) }
        options.logger = logger
        self.sources = sources
        self.configuration = configuration
        jobWidth = TextRecords.width(of: configuration.jobs.lazy.map(\.id.description.printable))
        self.stores = stores
        self.notifier = notifier
        self.news = news
        self.sender = sender
        self.output = output
        scheduler = AsyncScheduler(options)
        atWork = RunsAtWork(of: scheduler)
        do throws(CarillonError) {
            try scheduler.register(ShellTask())
            try scheduler.register(HTTPTask())
        } catch {
            throw CommandFailure(error)
        }
        try ServedJobs.check(configuration, scheduler)
    }

    /// Serves until SIGINT or SIGTERM.
    ///
    /// - Throws: `CommandFailure` where it could not start, or its output failed, once the runs have ended.
    func run() async throws(CommandFailure) {
        let signals = try SignalStream.of([SIGINT, SIGTERM, SIGHUP])
        // Apart from the news: whoever waits for output to be read hears a request to stop.
        Task { for await number in signals { await hear(number) } }
        let report = EventReport(stores: Array(stores.stores.values)) { [self] in await tell($0, $1) }
        let events = scheduler.events
        let reporting = Task { await report.follow(events) }
        Task { await start() }
        for await item in news {
            switch item {
            case .started(let banner): serve(banner)
            case .failed(let failure):
                self.failure = self.failure ?? failure
                if phase == .starting { throw failure }
                if phase == .serving { await stop() }
            case .ended:
                phase = .ended
                await reloading?.value
                // Events end with a scheduler that was started.
                if !hasStarted { reporting.cancel() }
                await reporting.value
                await tell(.stopped(left: atWork.all))
                await stores.close()
                if let failure { throw failure }
                return
            }
        }
    }

    private func hear(_ number: Int32) async {
        if number == SIGHUP { reload() } else { await answerRequestToStop() }
    }

    private func tell(_ record: ServeRecord, _ time: Instant = Instant(.now)) async {
        switch configuration.log.format {
        case .json: await output.write(JSONRecords().text(record, at: time))
        case .text:
            let records = TextRecords(zone: configuration.zone, terminal: terminal, jobWidth: jobWidth)
            await output.write(records.text(record, at: time))
        }
    }
}

// MARK: Beginning

extension Server {
    private func start() async {
        do throws(CommandFailure) {
            let difference = try await keepJobs(configuration, previous: nil)
            // Somebody may want it to stop already.
            guard phase == .starting else { return }
            // Before any run, whose line comes behind it.
            let banner = try await banner(difference)
            await tell(.started(banner))
            guard phase == .starting else { return }
            do throws(CarillonError) { try await scheduler.start() } catch { throw CommandFailure(error) }
            hasStarted = true
            sender.yield(.started(banner))
        } catch {
            sender.yield(.failed(error))
        }
    }

    private func keepJobs(
        _ configuration: Configuration, previous: Configuration?
    ) async throws(CommandFailure) -> JobsDifference {
        let wanted = ServedJobs(
            configuration, previous: previous, fileOrigins: sources.origins, now: Instant(.now))
        let progress = ServeProgress(of: wanted.jobs.count, output)
        defer { progress.end() }
        do throws(CarillonError) {
            return try await scheduler.keepJobs(ofOrigins: wanted.origins, equalTo: wanted.jobs) { progress.note($0) }
        } catch {
            throw CommandFailure(error)
        }
    }

    private func banner(_ difference: JobsDifference) async throws(CommandFailure) -> ServeBanner {
        var filter = JobFilter()
        filter.state = .active
        let page = Page<JobCursor>(after: .beginningByDue, limit: Self.shownJobs)
        var next: [Job] = []
        do throws(CarillonError) {
            for store in stores.stores.values { next += try await store.jobs(filter, page: page).compactMap(\.job) }
        } catch {
            throw CommandFailure(error)
        }
        next.sort { ($0.next?.due ?? .latest, $0.id) < ($1.next?.due ?? .latest, $1.id) }
        return ServeBanner(
            sources: sources.files,
            stores: stores.addresses,
            zone: configuration.zone,
            node: scheduler.node,
            tasks: scheduler.tasks,
            jobCount: configuration.jobs.count,
            difference: difference,
            next: Array(next.prefix(Self.shownJobs))
        )
    }

    private func serve(_ banner: ServeBanner) {
        guard phase == .starting else { return }
        phase = .serving
        for remark in configuration.remarks { logger.notice("\(remark)") }
        for remark in stores.remarks { logger.warning("\(remark)") }
        if configuration.api.isEnabled {
            logger.warning("api: this version has no REST API; the setting has no effect")
        }
        warn(of: banner.difference)
        notifier.isReady("serving \(banner.jobCount) jobs")
        Task { await watchKeptJobs() }
        if isReloadWanted { reload() }
        if let limit = notifier.watchdog {
            let (notifier, engine) = (notifier, scheduler.engine)
            Task {
                while true {
                    // An engine that does not answer is not alive.
                    await engine.answer()
                    notifier.isAlive()
                    try? await Task.sleep(for: limit / 2)
                }
            }
        }
    }

    /// Tells of jobs that others take from this configuration.
    private func watchKeptJobs() async {
        var watch = KeptJobsWatch()
        while phase == .serving {
            try? await Task.sleep(for: KeptJobsWatch.pause)
            await reloading?.value
            guard phase == .serving else { return }
            let before = reloadCount
            let losses = await watch.look(at: configuration, in: stores.stores)
            // What was read of jobs that are being written tells nothing.
            guard before == reloadCount else { continue }
            for line in OriginWarnings.lines(losses) { logger.warning("\(line)") }
        }
    }

    /// Tells what whoever wrote the configuration may not have meant.
    private func warn(of difference: JobsDifference) {
        for line in OriginWarnings.lines(difference) { logger.warning("\(line)") }
        for line in SilentJobs(configuration, difference, now: Instant(.now)).warnings { logger.warning("\(line)") }
        for id in difference.unreadable { logger.warning("job '\(id)' cannot be read, and is left as it is") }
    }
}

// MARK: Reading the configuration anew

extension Server {
    private func reload() {
        if phase == .starting {
            isReloadWanted = true
            return
        }
        guard phase == .serving else { return logger.notice("SIGHUP: not now; the server is stopping") }
        reloadCount += 1
        reloading = Task { [before = reloading] in
            await before?.value
            notifier.isReloading()
            do throws(CommandFailure) {
                try await readAnew()
            } catch {
                for line in error.description.split(separator: "\n") { logger.error("reloading: \(line)") }
            }
            notifier.isReady("serving \(configuration.jobs.count) jobs")
        }
    }

    private func readAnew() async throws(CommandFailure) {
        var read: Configuration
        do throws(CommandFailure) {
            read = try await sources.read()
            try ServedJobs.check(read, scheduler)
            for job in read.jobs where stores.stores[job.store] == nil {
                let text = "there is no job store '\(job.store)' until the server is started anew"
                throw CommandFailure(.badConfiguration, "\(job.place): job '\(job.id)': \(text)")
            }
        } catch {
            throw CommandFailure(error.status, "\(error)\nnothing was changed")
        }
        for setting in takeOver(&read) { logger.warning("\(setting): the change has an effect after a new start") }
        let difference = try await keepJobs(read, previous: configuration)
        configuration = read
        jobWidth = TextRecords.width(of: read.jobs.lazy.map(\.id.description.printable))
        warn(of: difference)
        await tell(.reloaded(difference, sources: sources.files))
    }

    /// Has a new configuration keep what cannot change while the server runs, and names it where it would have changed.
    private func takeOver(_ read: inout Configuration) -> [String] {
        var settings: [String] = []
        func keep<Value: Equatable>(_ path: WritableKeyPath<Configuration, Value>, _ name: String) {
            guard read[keyPath: path] != configuration[keyPath: path] else { return }
            settings.append(name)
            read[keyPath: path] = configuration[keyPath: path]
        }
        keep(\.executors, "executors")
        keep(\.jobStores, "jobstores")
        keep(\.lease, "lease")
        keep(\.stateDirectory, "state_directory")
        keep(\.log, "log")
        keep(\.api, "api")
        keep(\.allowedHosts, "allowed_hosts")
        return settings
    }
}

// MARK: The end

extension Server {
    /// What asks the server to stop may send its signal to the process and to its group: that is one request.
    private func answerRequestToStop() async {
        if let latestStop, .now - latestStop < .milliseconds(100) { return }
        latestStop = .now
        await stop()
    }

    private func stop() async {
        let (scheduler, sender) = (scheduler, sender)
        switch phase {
        case .starting, .serving:
            phase = .stopping
            notifier.isStopping()
            let deadline = configuration.shutdownDeadline
            Task {
                await scheduler.shutdown(.drain, deadline: deadline)
                sender.yield(.ended)
            }
            Self.end(after: max(deadline, .seconds(1)) * 2 + .seconds(5))
            // Not waited for: a second request has to be heard though nobody reads what is told.
            let record = ServeRecord.stopping(atWork: atWork.all, deadline: deadline)
            Task { await tell(record) }
        case .stopping:
            phase = .forced
            Task { await scheduler.shutdown(.cancel, deadline: Self.forcedDeadline) }
            Self.end(after: Self.forcedDeadline * 3)
            let record = ServeRecord.forced(atWork: atWork.all)
            Task { await tell(record) }
        // Whoever asks for the third time, or while nobody reads what is told, wants no more to be waited for.
        case .forced, .ended: _exit(1)
        }
    }

    /// Ends the process where it has not ended by then: standard output may be a pipe that nobody reads.
    private static func end(after limit: Duration) {
        DispatchQueue.global().asyncAfter(deadline: .now() + limit / .seconds(1)) { _exit(1) }
    }
}
