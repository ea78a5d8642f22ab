#if Command
import Carillon
import CarillonConfiguration
import Logging

/// What is looked at again and again while the server serves.
extension Server {
    /// Tells the service manager that the engine answers, as often as it wants to know.
    func tellOfLife() {
        guard let limit = notifier.watchdog else { return }
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

    /// The most jobs that are told of together because no node has their task, or because they cannot be read.
    private static let mostParked = 20

    /// Tells of jobs that others take from this configuration, and of such as nobody can run or read.
    func watchJobs() async {
        var watch = KeptJobsWatch()
        var strange = StrangeJobsWatch()
        let own = Set(scheduler.tasks.compactMap { try? TaskName($0) })
        // Origins of jobs, too, as far as they are settings.
        let variables = sources.environment.keys.map { "$\($0)" }
        await warnOfExecutors()
        while phase == .serving {
            let news = await strange.look(
                in: stores.stores, own: own, origins: configuration.keptOrigins.union(variables),
                lease: configuration.lease)
            for line in news.missingVariables.prefix(Self.mostParked) { logger.warning("\(line)") }
            for line in news.lostOrigins { logger.warning("\(line)") }
            warn(of: news.parked)
            warn(of: news.unreadable)
            try? await Task.sleep(for: KeptJobsWatch.pause)
            await reloading?.value
            guard phase == .serving else { return }
            let before = reloadCount
            let losses = await watch.look(at: configuration, in: stores.stores)
            // What was read of jobs that are being written tells nothing.
            guard before == reloadCount else { continue }
            for line in OriginWarnings.lines(losses, of: configuration) { logger.warning("\(line)") }
        }
    }

    /// The most jobs of a store that are told of because of their executor.
    private static let mostOfExecutor = 5

    /// Tells of jobs for executors that this server does not have, such as those that a person added. Those of a store that
    /// does not answer are not told of: that is told itself.
    private func warnOfExecutors() async {
        let known = KnownExecutors(configuration)
        for (_, store) in stores.stores.sorted(by: { $0.key < $1.key }) where store.capabilities.isShared {
            let lines = try? await known.warnings(ofJobsIn: store, atMost: Self.mostOfExecutor)
            for line in lines ?? [] { logger.warning("\(line)") }
        }
    }

    private func warn(of parked: [ParkedJobsWatch.Parked]) {
        for job in parked.prefix(Self.mostParked) {
            var members: Logger.Metadata?
            // As text the line says it.
            if configuration.log.format == .json {
                members = ["job": "\(job.id)", "task": "\(job.task)"]
                if let nearest = job.nearest { members?["nearest"] = "\(nearest)" }
            }
            logger.warning("\(job.text)", metadata: members)
        }
        guard parked.count > Self.mostParked else { return }
        let rest = parked.count - Self.mostParked
        logger.warning("and \(rest) more wait for tasks that no node has; 'carillon jobs list --parked' lists them")
    }

    private func warn(of unreadable: [UnreadableJobsWatch.Unreadable]) {
        for job in unreadable.prefix(Self.mostParked) {
            // As text the line says it.
            let isJSON = configuration.log.format == .json
            logger.warning("\(job.text)", metadata: isJSON ? ["job": "\(job.id)", "reason": "\(job.reason)"] : nil)
        }
        guard unreadable.count > Self.mostParked else { return }
        logger.warning("and \(unreadable.count - Self.mostParked) more cannot be read; 'carillon jobs list' shows them")
    }
}
#endif
