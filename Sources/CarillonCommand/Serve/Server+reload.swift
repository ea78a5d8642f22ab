#if Command
import Carillon
import CarillonConfiguration
import CarillonTriggers
import Logging

/// Reading the configuration anew.
extension Server {
    func reload() {
        if phase == .starting {
            isReloadWanted = true
            return
        }
        guard phase == .serving else { return logger.notice("SIGHUP: not now; the server is stopping") }
        reloadCount += 1
        reloading = Task { [before = reloading] in
            await before?.value
            notifier.isReloading()
            await scheduler.recheckTimes()
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
            do throws(CarillonError) { try scheduler.checkJobs(of: read) } catch { throw CommandFailure(error) }
            for job in read.jobs where stores.stores[job.store] == nil {
                let text = "there is no job store '\(job.store)' until the server is started anew"
                throw CommandFailure(.badConfiguration, "\(job.place): job '\(job.id)': \(text)")
            }
        } catch {
            throw CommandFailure(error.status, "\(error)\nnothing was changed")
        }
        for setting in takeOver(&read) { logger.warning("\(setting): the change has an effect after a new start") }
        let difference = try await keep(read)
        if read.zone != configuration.zone {
            let (zone, former) = (read.zone.identifier, configuration.zone.identifier)
            logger.notice("timezone: jobs and these lines go by \(zone) from here on, and went by \(former)")
        }
        configuration = read
        logZone.value = read.zone
        outputs = read.outputs
        environment.take(read)
        jobWidth = TextRecords.width(of: read.jobs.lazy.map(\.id.description.printable))
        warn(of: difference)
        for warning in read.warnings { logger.warning("\(warning)") }
        await tell(.reloaded(difference, sources: sources.files))
    }

    /// Makes the jobs those of a new configuration, by its zone.
    private func keep(_ read: Configuration) async throws(CommandFailure) -> JobsDifference {
        scheduler.engine.zone = read.zone
        do throws(CommandFailure) {
            return try await keepJobs(read, previous: configuration)
        } catch {
            scheduler.engine.zone = configuration.zone
            throw error
        }
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
#endif
