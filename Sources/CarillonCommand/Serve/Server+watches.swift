import Carillon
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

    /// Tells of jobs that others take from this configuration.
    func watchKeptJobs() async {
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
}
