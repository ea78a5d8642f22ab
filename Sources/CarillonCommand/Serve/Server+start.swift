#if Command
import Carillon
import CarillonConfiguration
import CarillonTriggers
import Foundation
import Logging

/// The beginning: the jobs go into the store, the scheduler starts, and the banner is told.
extension Server {
    /// So many jobs that are due next are told at the beginning.
    private static let shownJobs = 5

    func start() async {
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

    func keepJobs(
        _ configuration: Configuration, previous: Configuration?
    ) async throws(CommandFailure) -> JobsDifference {
        let wanted = KeptJobs(of: configuration, replacing: previous, now: Instant(.now))
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

    func serve(_ banner: ServeBanner) {
        guard phase == .starting else { return }
        phase = .serving
        for warning in configuration.warnings { logger.warning("\(warning)") }
        for remark in configuration.remarks { logger.notice("\(remark)") }
        for remark in stores.remarks { logger.warning("\(remark)") }
        if configuration.api.isEnabled {
            logger.warning("api: the server has no REST API yet; the setting has no effect here")
        }
        warn(of: banner.difference)
        notifier.isReady("serving \(banner.jobCount) jobs")
        Task { await watchJobs() }
        if isReloadWanted { reload() }
        tellOfLife()
    }

    /// Tells what whoever wrote the configuration may not have meant.
    func warn(of difference: JobsDifference) {
        for line in OriginWarnings.continuations(difference, of: configuration) { logger.notice("\(line)") }
        for line in OriginWarnings.lines(difference, of: configuration) { logger.warning("\(line)") }
        for origin in configuration.continuedOrigins.sorted() where !Configuration.isContinued(origin) {
            logger.warning("continues: \(origin.printable) is still there, so its jobs are left to it")
        }
        for line in SilentJobs(configuration, difference, now: Instant(.now)).warnings { logger.warning("\(line)") }
        for id in difference.unreadable {
            logger.warning("\(configuration.place(ofOnly: [id]))job '\(id)' cannot be read, and is left as it is")
        }
    }
}
#endif
