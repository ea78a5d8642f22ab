#if Command
import Carillon
import CarillonConfiguration
import CarillonTriggers
import Foundation
import Logging

/// Serves the jobs of a configuration until it is asked to stop.
actor Server {
    /// What somebody wants of it, or what has come of that.
    enum News: Sendable {
        case started(ServeBanner)
        case failed(CommandFailure)
        case ended
    }

    enum Phase {
        case starting
        case serving
        case stopping
        case forced
        /// Nothing is left but to write what is to be told.
        case ended
    }

    let sources: ServeSources
    var configuration: Configuration
    let stores: ServedStores
    let scheduler: AsyncScheduler
    let output: ServeOutput
    let logger: Logger
    let logZone: ShownZone
    let notifier: ServiceNotifier
    private let terminal = Terminal.output
    private let news: AsyncStream<News>
    let sender: AsyncStream<News>.Continuation
    let atWork: RunsAtWork
    /// What the commands of jobs inherit.
    let environment: CommandEnvironment
    var phase = Phase.starting
    /// How wide the ids of the configuration's jobs are.
    var jobWidth: Int
    /// What jobs of the configuration say of their output.
    var outputs: [JobID: LogSettings.Output]
    private var failure: CommandFailure?
    /// Whether the scheduler was started.
    var hasStarted = false
    /// Whether somebody wants the configuration read anew as soon as it is served.
    var isReloadWanted = false
    var latestStop: ContinuousClock.Instant?
    var reloading: Task<Void, Never>?
    /// How often the configuration was read anew.
    var reloadCount = 0

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
        let zone = ShownZone(configuration.zone)
        logZone = zone
        logger = Logger(label: "carillon") { _ in
            ServeLogHandler(output, level: level, isJSON: isJSON, zone: zone)
        }
        self.sources = sources
        self.configuration = configuration
        jobWidth = TextRecords.width(of: configuration.jobs.lazy.map(\.id.description.printable))
        outputs = configuration.outputs
        self.stores = stores
        self.notifier = notifier
        self.news = news
        self.sender = sender
        self.output = output
        environment = CommandEnvironment(configuration)
        scheduler = try ServedScheduler.of(
            configuration, stores: stores.stores, logger: logger, environment: environment,
            allowsUnsafeOwner: sources.allowsUnsafeOwner)
        atWork = RunsAtWork(of: scheduler)
    }

    /// Serves until SIGINT or SIGTERM.
    ///
    /// - Throws: `CommandFailure` where it could not start, or its output failed, once the runs have ended.
    func run() async throws(CommandFailure) {
        let signals = try SignalStream.of([SIGINT, SIGTERM, SIGHUP])
        // Apart from the news: whoever waits for output to be read hears a request to stop.
        Task { for await number in signals { hear(number) } }
        let report = EventReport(stores: Array(stores.stores.values), level: configuration.log.level) { [self] in
            await tell($0, $1)
        }
        let events = scheduler.events()
        let reporting = Task { await report.follow(events) }
        Task { await start() }
        for await item in news {
            switch item {
            case .started(let banner): serve(banner)
            case .failed(let failure):
                self.failure = self.failure ?? failure
                if phase == .starting { throw failure }
                if phase == .serving { stop() }
            case .ended:
                phase = .ended
                await reloading?.value
                // Events end with a scheduler that was started.
                if !hasStarted { reporting.cancel() }
                await reporting.value
                await tell(.stopped(left: atWork.all, unwritten: atWork.unwritten))
                await stores.close()
                if let failure { throw failure }
                return
            }
        }
    }

    /// Tells something, and returns when it is written.
    func tell(_ record: ServeRecord, _ time: Instant = Instant(.now)) async {
        if let text = text(of: record, time) { await output.write(text) }
    }

    /// Tells something before all that is told later, without waiting: a second request to stop has to be heard though
    /// nobody reads what is told.
    func announce(_ record: ServeRecord) {
        if let text = text(of: record, Instant(.now)) { output.enqueue(text) }
    }

    /// The record in the form of the log; nothing where it is lighter than what the log shows.
    private func text(of record: ServeRecord, _ time: Instant) -> String? {
        guard record.level >= configuration.log.level else { return nil }
        let record = record.showing(shownOutput(of: record))
        switch configuration.log.format {
        case .json: return JSONRecords().text(record, at: time)
        case .text:
            let records = TextRecords(zone: configuration.zone, terminal: terminal, jobWidth: jobWidth)
            return records.text(record, at: time)
        }
    }

    /// The runs whose output is shown: what the job says, or else the log's setting.
    private func shownOutput(of record: ServeRecord) -> LogSettings.Output {
        guard case .ended(let id, _, _, _) = record else { return configuration.log.output }
        return outputs[id.occurrence.job] ?? configuration.log.output
    }
}
#endif
