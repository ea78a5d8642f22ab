import CarillonTriggers
import Logging

/// Steps of the wall clock.
extension Engine {
    /// The largest difference, in microseconds, that counts as an adjustment of the wall clock and not as a step.
    private static let clockTolerance: Int64 = 500_000

    /// Checks whether the wall clock was set since the last check. If so, reports it and compares all next times.
    func checkClock() {
        guard let offset = wallClockOffset() else { return }
        let step = offset - (clockOffset ?? offset)
        clockOffset = offset
        guard abs(step) > Self.clockTolerance else { return }
        logger.notice("the wall clock was set \(step < 0 ? "back" : "on") by \(TimeSpan(step).words)")
        hub.emit(.clockSet(by: .microseconds(step)))
        recheckTimes()
    }

    /// The wall clock minus the monotonic clock, in microseconds. `nil` if too much time passed between reading the
    /// two, which would look like a step of the wall clock.
    func wallClockOffset() -> Int64? {
        let before = clock.monotonic
        let now = clock.now.microseconds
        let after = clock.monotonic
        return after - before < Self.clockTolerance / 10 ? now - after : nil
    }

    /// Compares the next times of all jobs with what their triggers give now, in the background.
    func recheckTimes() {
        for lane in lanes.values where !lane.isDone {
            lane.times.mustReadAhead = true
            lane.times.want()
            lane.wake()
        }
    }

    /// Reads which times have run ahead of the clock.
    func readAhead(_ lane: StoreLane) async throws(CarillonError) {
        lane.times.mustReadAhead = false
        let sent = clock.monotonic
        do throws(CarillonError) {
            lane.times.ranAhead = try await lane.store.ranAhead(at: clock.now)
        } catch {
            lane.times.mustReadAhead = true
            throw error
        }
        if clock.monotonic - sent > StorePass.stallLimit { lane.noteStall() }
    }

    /// Begins to compare next times, if that is due. It may take long for a million jobs, so it is done beside the
    /// lane.
    func beginRecheck(_ lane: StoreLane) {
        guard phase == .running, !lane.departure.isUnderWay else { return }
        let (alias, epoch) = (lane.alias, lane.epoch)
        lane.times.begin { Task(executorPreference: laneExecutor) { await self.recheck(alias, epoch) } }
    }

    private func recheck(_ alias: String, _ epoch: Int) async {
        guard let lane = lanes[alias] else { return }
        var moved: [JobID] = []
        do throws(CarillonError) {
            for id in try await jobsWithReadyRunsAhead(lane) where isChecking(lane, epoch) {
                if try await recheck(id, lane) { moved.append(id) }
            }
            var pages = JobPages()
            while isChecking(lane, epoch), let listed = try await pages.next(of: lane.store) {
                let now = clock.now
                for case .job(let job) in listed where isDoubtful(job, lane, at: now) {
                    guard isChecking(lane, epoch) else { break }
                    if try await recheck(job.id, lane) { moved.append(job.id) }
                }
            }
        } catch {
            // A store that was closed meanwhile may answer with an error.
            if isChecking(lane, epoch) {
                lane.times.want()
                hasFailed(lane, error)
            }
        }
        tellMoved(moved, lane)
        // The lane may have been started again meanwhile.
        guard lane.epoch == epoch else { return }
        lane.times.finish()
        lane.signal.raise()
    }

    private func isChecking(_ lane: StoreLane, _ epoch: Int) -> Bool {
        lane.epoch == epoch && !lane.isDone && !Task.isCancelled
    }

    /// Whether the job's next time may be wrong. A node with older zone rules than other nodes leaves times that its
    /// own rules do not give to them.
    private func isDoubtful(_ job: Job, _ lane: StoreLane, at now: Instant) -> Bool {
        guard !job.isNextPlain(at: now, lane.times.ranAhead[job]) else { return false }
        guard lane.times.zones == .olderThanOthers, let next = job.next else { return true }
        return job.definition.trigger.contains(next.scheduled)
    }

    /// Returns the jobs with ready runs that wait for a time ahead of a clock that was set back.
    private func jobsWithReadyRunsAhead(_ lane: StoreLane) async throws(CarillonError) -> Set<JobID> {
        let soon = clock.now.advanced(byMicroseconds: Job.clockTolerance)
        var filter = RunFilter()
        filter.state = .ready
        var found: Set<JobID> = []
        var pages = RunPages(filter)
        while let listed = try await pages.next(of: lane.store) {
            found.formUnion(listed.lazy.filter { $0.available > soon }.map(\.id.occurrence.job))
        }
        return found
    }

    /// Gives a job the next time that its trigger gives now.
    ///
    /// - Returns: Whether the job had another one.
    func recheck(_ id: JobID, _ lane: StoreLane) async throws(CarillonError) -> Bool {
        await lane.lock.acquire()
        defer { lane.lock.release() }
        do throws(CarillonError) {
            let moved = try await lane.store.recheck(id, at: clock.now)
            lane.agenda.mustAsk = true
            guard let moved else { return false }
            hub.emit(.jobRescheduled(id, store: lane.alias, from: moved.from, to: moved.to))
            return true
        } catch  where error.code == .jobNotFound || error.code == .jobUnreadable {
            return false
        }
    }

    /// The most jobs that a message names.
    private static let mostNamed = 10

    func tellMoved(_ jobs: [JobID], _ lane: StoreLane) {
        guard !jobs.isEmpty else { return }
        lane.wake()
        let names = jobs.prefix(Self.mostNamed).map { "'\($0)'" }.joined(separator: ", ")
        let further = jobs.count > Self.mostNamed ? " and \(jobs.count - Self.mostNamed) more" : ""
        logger.notice(
            "the next times of \(names)\(further) were not what the triggers give now, and were worked out anew",
            metadata: ["store": "\(lane.alias)"])
    }
}
