import Carillon
import CarillonTriggers

extension StoreConformance {
    static let notifications = group("Telling of changes") { group in
        group.add("a job that is added", needs: [.changeNotification]) { bench in
            try await expectTold(bench, "a job that is due") { try await bench.add("a") }
            try await expectTold(bench, "a job that is due later") { try await bench.add("b", at: 5000) }
        }
        group.add("a job that is resumed", needs: [.changeNotification]) { bench in
            try await bench.add("sooner")
            try await bench.add("a", bench.definition(), at: 100, paused: true)
            try await expectTold(bench, "a job that is resumed") {
                _ = try await bench.store.resume(JobID("a"), at: bench.time(110))
            }
        }
        group.add("a job that gets another definition", needs: [.changeNotification]) { bench in
            try await bench.add("sooner")
            try await bench.add("a", at: 100)
            try await expectTold(bench, "another task") {
                try await bench.store.modify(JobID("a"), bench.definition(task: "other"), at: bench.time(1))
            }
            try await expectTold(bench, "another trigger") {
                try await bench.store.modify(JobID("a"), bench.definition(every: 5), at: bench.time(2))
            }
        }
        group.add("a due time that moves forward", needs: [.changeNotification]) { bench in
            var change = JobChange(job: try await bench.add("a", every: 1000, at: 5000))
            change.job.next = Job.Next(scheduled: bench.time(4000), due: bench.time(4000))
            try await expectTold(bench, "an earlier due time") { _ = try await bench.store.commit([change]) }
        }
        group.add("a run that may be taken", needs: [.changeNotification]) { bench in
            try await bench.add("a", every: 1000, at: 5000)
            try await expectTold(bench, "a run that somebody asks for") {
                try await bench.store.runNow(JobID("a"), at: bench.time(1))
            }
            let run = try bench.onlyRun(try await bench.pass(at: 2))
            try await expectTold(bench, "a run that is given back") {
                try await bench.pass(at: 3, slots: 0, completions: [bench.givenBack(run, at: 3)])
            }
        }
        group.add("a run that a pass makes and leaves to others", needs: [.changeNotification]) { bench in
            try await bench.add("a", every: 1000)
            try await expectTold(bench, "a run that is ready") { try await bench.pass(at: 0, slots: 0) }
        }
        group.add("a running run that is to be cancelled", needs: [.changeNotification]) { bench in
            try await bench.add("a", every: 1000)
            let run = try bench.onlyRun(try await bench.pass(at: 0))
            try await expectTold(bench, "a run that is to be cancelled") {
                _ = try await bench.store.cancel(run.id, at: bench.time(1))
            }
        }
        group.add("everybody who listens, each by itself", needs: [.changeNotification]) { bench in
            let store = try require(bench.store as? any ChangeNotifying, "a store that tells")
            let streams = [try await store.changes(), try await store.changes(), try await store.changes()]
            try await bench.add("a")
            for (number, stream) in streams.enumerated() {
                try expect(await isHeard(stream), "listener \(number) was not told")
            }
            try await bench.add("b")
            for (number, stream) in streams.enumerated() {
                try expect(await isHeard(stream), "listener \(number) was not told the second time")
            }
        }
        group.add("what another handle changes", needs: [.changeNotification, .severalHandles]) { bench in
            let other = bench.with(try await bench.storage.open())
            try await expectTold(bench, "a job that another handle adds") { try await other.add("a") }
        }
    }

    /// Fails the case if a change does not notify a listener that started right before it.
    static func expectTold(
        _ bench: ConformanceBench, _ what: String, file: String = #fileID, line: Int = #line,
        _ change: () async throws -> Void
    ) async throws {
        let store = try require(bench.store as? any ChangeNotifying, "a store that tells", file: file, line: line)
        let changes = try await store.changes()
        try await change()
        try expect(await isHeard(changes), "\(what) is not told", file: file, line: line)
    }

    /// Whether a stream yields an element within 10 seconds.
    private static func isHeard(_ changes: AsyncStream<Void>) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await changes.first { _ in true } != nil }
            group.addTask {
                try? await Task.sleep(for: .seconds(10))
                return false
            }
            let isHeard = await group.next() ?? false
            group.cancelAll()
            return isHeard
        }
    }
}
