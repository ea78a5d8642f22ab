import Carillon
import CarillonSQLite
import CarillonTesting
import CarillonTriggers
import Foundation
import Testing

@Suite("Moving everything from one store to another", .timeLimit(.minutes(5)))
struct StoreTransferTests {
    @Test func everythingGoesFromMemoryToAFileToAnotherAndBack() async throws {
        let (first, second) = (try StoreFile(), try StoreFile())
        let memory = MemoryJobStore()
        try await TransferContents.fill(memory)
        let stores: [any JobStore & JobTransferring & AuditLogging & OutcomeCounting] = [
            memory, try await first.open(), try await second.open(), MemoryJobStore(),
        ]
        let before = try await TransferContents(of: memory)
        #expect(before.items.count > 40 && before.audit.count == 450)
        #expect(before.open.contains { $0?.progress?.note == "half" && $0?.written == 70_000 })
        for (place, store) in stores.enumerated().dropFirst() {
            let source = stores[place - 1]
            let transfer = try StoreTransfer(from: source, named: "\(place - 1)", to: store, named: "\(place)")
            let report = try await transfer.run()
            #expect(report.end == .complete && report.continued == nil)
            #expect(report.left.count == 0 && report.left.lines.isEmpty && report.left.prunedRuns == 0)
            #expect(report.written == TransferCounts(report.digest))
            #expect(report.written.total == before.items.count && report.auditEntries == 450 && report.notes > 0)
            #expect(try await store.transferDigest() == report.digest)
            let after = try await TransferContents(of: store)
            #expect(after.differences(from: before).isEmpty, "to \(place): \(after.differences(from: before))")
            #expect(try await TransferContents(of: source).differences(from: before).isEmpty, "the source is as it was")
        }
        for store in stores { await store.close() }
    }

    @Test func aTransferThatBrokeOffAnywhereGoesOn() async throws {
        let memory = MemoryJobStore()
        try await TransferContents.fill(memory)
        try await ExampleHistory(jobs: 40, runsPerJob: 30, after: 1000).add(to: memory)
        let before = try await TransferContents(of: memory)
        for call in [1, 2, 3, 5] {
            let file = try StoreFile()
            let store = try await file.open()
            let calls = CallCount()
            let broken = WatchedTransfer(
                store: store,
                beforeImport: { () throws(CarillonError) in
                    if calls.next() == call { throw CarillonError(.storeUnavailable, "the server is gone") }
                })
            let error = await failure(.storeUnavailable) {
                _ = try await StoreTransfer(from: memory, named: "memory", to: broken, named: "file").run()
            }
            #expect(error != nil, "at call \(call)")
            let there = try await store.transferCounts().total
            #expect(call == 1 ? there == 0 : there > 0 && there < before.items.count)
            let again = CallCount()
            let watched = WatchedTransfer(store: store, beforeImport: { _ = again.next() })
            let report = try await StoreTransfer(from: memory, named: "memory", to: watched, named: "file").run()
            #expect(report.end == .complete && report.continued != nil)
            #expect(report.written.total + there == before.items.count, "at call \(call)")
            let after = try await TransferContents(of: store)
            #expect(after.differences(from: before).isEmpty, "at call \(call): \(after.differences(from: before))")
            await store.close()
        }
    }

    @Test func aTransferThatIsCancelledStopsAndGoesOn() async throws {
        let file = try StoreFile()
        let store = try await file.open()
        let memory = MemoryJobStore()
        try await ExampleHistory(jobs: 20, runsPerJob: 100).add(to: memory)
        for number in 0..<900 { _ = try await memory.append([Self.entry(number)]) }
        // At each stage, and the last time not at all.
        for stage in TransferProgress.Stage.allCases + [nil] where stage != .reasons {
            let report = try await Task {
                try await StoreTransfer(from: memory, named: "memory", to: store, named: "file").run { progress in
                    if progress.stage == stage { withUnsafeCurrentTask { $0?.cancel() } }
                }
            }.value
            #expect(report.end == (stage == nil ? .complete : .interrupted), "\(String(describing: stage))")
            #expect((report.continued == nil) == (stage == .jobs))
        }
        let (before, after) = (try await TransferContents(of: memory), try await TransferContents(of: store))
        #expect(after.differences(from: before).isEmpty, "\(after.differences(from: before))")
        await store.close()
    }

    private static func entry(_ number: Int) -> AuditEntry {
        AuditEntry(
            actor: "anna", time: Instant(seconds: Int64(number)), action: "pause",
            object: AuditEntry.Object(kind: "job", id: "\(number)"))
    }

    @Test func whatTheSourceGotMeanwhileIsBroughtAndWhatHasChangedIsNoticed() async throws {
        let file = try StoreFile()
        let store = try await file.open()
        let memory = MemoryJobStore()
        try await ExampleHistory(jobs: 20, runsPerJob: 100).add(to: memory)
        let transfer = try StoreTransfer(from: memory, named: "memory", to: store, named: "file")
        let stop: @Sendable (TransferProgress) -> Void = { progress in
            if progress.stage == .runs { withUnsafeCurrentTask { $0?.cancel() } }
        }
        #expect(try await Task { try await transfer.run(progress: stop) }.value.end == .interrupted)
        _ = try await memory.insert([try TestJobs.job("job-1a"), try TestJobs.job("zero")])
        #expect(try await Task { try await transfer.run(progress: stop) }.value.written.jobs == 2)
        _ = try await memory.pause(JobID("job-7"), at: TestJobs.start)
        let error = await failure(.transferMismatch) { _ = try await transfer.run() }
        #expect(error?.reason.contains("another job 'job-7'") == true, "\(String(describing: error))")
        // What the target has and the source has lost is noticed as well.
        _ = try await memory.resume(JobID("job-7"), at: TestJobs.start)
        _ = try await memory.remove([JobID("job-7")], at: TestJobs.start)
        #expect(await failure(.transferMismatch) { _ = try await transfer.run() } != nil)
        await store.close()
    }

    @Test func aChangeWhileItIsReadIsNoticed() async throws {
        let file = try StoreFile()
        let store = try await file.open()
        let memory = MemoryJobStore()
        try await ExampleHistory(jobs: 20, runsPerJob: 100).add(to: memory)
        let calls = CallCount()
        let source = WatchedTransfer(
            store: memory,
            beforeExport: { () throws(CarillonError) in
                // Its jobs have been read by then.
                if calls.next() == 4 { _ = try await memory.pause(JobID("job-7"), at: TestJobs.start) }
            })
        let error = await failure(.transferMismatch) {
            _ = try await StoreTransfer(from: source, named: "memory", to: store, named: "file").run()
        }
        #expect(error?.reason.contains("memory has changed while it was read") == true, "\(String(describing: error))")
        await store.close()
    }

    @Test func aTargetThatDoesNotKeepWhatItAnsweredIsNoticed() async throws {
        let memory = MemoryJobStore()
        try await ExampleHistory(jobs: 20, runsPerJob: 100).add(to: memory)
        let target = MemoryJobStore()
        let calls = CallCount()
        let forgetful = WatchedTransfer(
            store: target,
            beforeImport: { () throws(CarillonError) in
                if calls.next() == 4 { _ = try await target.remove([JobID("job-7")], at: TestJobs.start) }
            })
        let error = await failure(.transferMismatch) {
            _ = try await StoreTransfer(from: memory, named: "memory", to: forgetful, named: "target").run()
        }
        #expect(error?.reason.contains("target does not hold what was brought") == true, "\(String(describing: error))")
    }

    @Test func whatTheTargetCannotHoldIsCountedAndNamed() async throws {
        let file = try StoreFile()
        let store = try await file.open()
        try await ExampleHistory(jobs: 21, runsPerJob: 500).add(to: store)
        let memory = MemoryJobStore()
        let report = try await StoreTransfer(from: store, named: "file", to: memory, named: "memory").run()
        #expect(report.end == .complete)
        #expect(report.left.notHeld == TransferCounts(runs: 500) && report.left.count == 500)
        #expect(report.left.lines.count == 100 && report.left.lines[0].contains("a memory store keeps 10000"))
        #expect(report.digest.runs.count == 10_000 && report.left.prunedRuns == 0)
        #expect(try await memory.transferDigest() == report.digest)
        await store.close()
    }

    @Test func runsThatAreCountedAndGoneAreNamed() async throws {
        let (first, second) = (try StoreFile(), try StoreFile())
        let (source, target) = (try await first.open(), try await second.open())
        try await ExampleHistory(jobs: 2, runsPerJob: 150).add(to: source)
        // The default policy keeps 1,000 runs for 30 days.
        let later = TestJobs.start.advanced(byMicroseconds: 2_592_000_000_000 - 600_000_000)
        let pruned = try await source.prune(at: later)
        #expect(pruned > 0)
        let report = try await StoreTransfer(from: source, named: "a", to: target, named: "b").run()
        #expect(report.left.prunedRuns == pruned && report.left.count == 0)
        await source.close()
        await target.close()
    }

    // MARK: Refusals

    @Test func aStoreThatIsServedIsRefusedAndNothingIsWritten() async throws {
        let (first, second) = (try StoreFile(), try StoreFile())
        let stores = [try await first.open(), try await second.open()]
        try await ExampleHistory(jobs: 2, runsPerJob: 2).add(to: stores[0])
        let transfer = try StoreTransfer(from: stores[0], named: "from-here", to: stores[1], named: "to-there")
        for (place, role) in ["source from-here", "target to-there"].enumerated() {
            let alive = NodeReport(
                id: try NodeID("far-away"), host: "another", process: 77, processStart: 1, tasks: [])
            _ = try await stores[place].heartbeat(alive, since: nil)
            let calls: [() async throws -> Void] = [
                { _ = try await transfer.run() }, { _ = try await transfer.plan() },
            ]
            for call in calls {
                let error = await failure(.storeInUse, call)
                let words = "the \(role) is being served by 'far-away' (process 77 on another, its lease ends 2027"
                #expect(error?.reason.hasPrefix(words) == true, "\(String(describing: error))")
            }
            #expect(try await stores[1].transferCounts().total == 0)
            #expect(try await TransferRecordCount.of(stores[1]) == 0)
            try await stores[place].forget([alive.id])
        }
        // Neither a process that has ended nor the name of one that left runs behind is a server.
        var gone = NodeReport.current
        gone = NodeReport(id: gone.id, host: gone.host, process: gone.process, processStart: 1, tasks: [])
        _ = try await stores[0].heartbeat(gone, since: nil)
        #expect(try await transfer.run().end == .complete)
        #expect(try await stores[1].nodesAtAGlance().nodes.isEmpty, "its own node is gone")
        for store in stores { await store.close() }
    }

    @Test func aServerThatStartsMeanwhileEndsIt() async throws {
        let (first, second) = (try StoreFile(), try StoreFile())
        let (source, target) = (try await first.open(), try await second.open())
        try await ExampleHistory(jobs: 20, runsPerJob: 100).add(to: source)
        let calls = CallCount()
        let watched = WatchedTransfer(
            store: target,
            beforeImport: { () throws(CarillonError) in
                guard calls.next() == 4 else { return }
                let alive = NodeReport(
                    id: try NodeID("new"), host: "another", process: 77, processStart: 1, tasks: [])
                _ = try await target.heartbeat(alive, since: nil)
            })
        // Without a lease it looks at every page; the clock of the test stands still.
        let error = await failure(.storeInUse) {
            _ = try await StoreTransfer(from: source, named: "a", to: watched, named: "b", lease: .zero).run()
        }
        #expect(error?.reason.contains("target b is being served by 'new'") == true, "\(String(describing: error))")
        await source.close()
        await target.close()
    }

    @Test func twoTransfersToOneStoreDoNotMix() async throws {
        let file = try StoreFile()
        let (target, other) = (try await file.open(), try await file.open())
        let memory = MemoryJobStore()
        try await ExampleHistory(jobs: 3, runsPerJob: 3).add(to: memory)
        let calls = CallCount()
        let watched = WatchedTransfer(
            store: target,
            beforeImport: { () throws(CarillonError) in
                guard calls.next() == 1 else { return }
                do throws(CarillonError) {
                    _ = try await StoreTransfer(from: memory, named: "memory", to: other, named: "file").run()
                } catch {
                    throw error.code == .storeInUse ? CarillonError(.aliasTaken, error.reason) : error
                }
            })
        let error = await failure(.aliasTaken) {
            _ = try await StoreTransfer(from: memory, named: "memory", to: watched, named: "file").run()
        }
        #expect(error?.reason.contains("is being brought something by 'transfer-") == true)
        await target.close()
        await other.close()
    }

    @Test func oneStoreUnderTwoNamesIsRefused() async throws {
        let file = try StoreFile()
        let link = "\(file.folder)/link.sqlite3"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file.path)
        let first = try await file.open()
        _ = try await first.insert([try TestJobs.job("a")])
        let second = try await SQLiteJobStore(path: link)
        let error = await failure(.invalidRange) {
            _ = try await StoreTransfer(from: first, named: "a", to: second, named: "b").run()
        }
        #expect(error?.reason == "a and b are one store under two names; name another target")
        let memory = MemoryJobStore()
        let same = await failure(.invalidRange) {
            _ = try await StoreTransfer(from: memory, named: "m", to: memory, named: "m").run()
        }
        #expect(same?.reason == "m is both source and target; name another target")
        await first.close()
        await second.close()
    }

    @Test func aTargetThatHoldsSomethingIsRefused() async throws {
        let memory = MemoryJobStore()
        try await ExampleHistory(jobs: 3, runsPerJob: 3).add(to: memory)
        let target = MemoryJobStore()
        _ = try await target.insert([try TestJobs.job("a")])
        let transfer = try StoreTransfer(from: memory, named: "memory", to: target, named: "target")
        let error = await failure(.storeNotEmpty) { _ = try await transfer.run() }
        #expect(error?.reason.hasPrefix("the target target holds 1 job, no runs, no reasons; name an empty") == true)
        #expect(await failure(.storeNotEmpty) { _ = try await transfer.plan() } != nil)
        #expect(try await TransferRecordCount.of(target) == 0)
    }

    @Test func anInterruptedTransferTakesNoOtherSource() async throws {
        let memory = MemoryJobStore()
        try await ExampleHistory(jobs: 20, runsPerJob: 100).add(to: memory)
        let target = MemoryJobStore()
        let first = try StoreTransfer(from: memory, named: "first", to: target, named: "target")
        let report = try await Task {
            try await first.run { progress in
                if progress.stage == .runs { withUnsafeCurrentTask { $0?.cancel() } }
            }
        }.value
        #expect(report.end == .interrupted)
        let second = try StoreTransfer(from: memory, named: "second", to: target, named: "target")
        let error = await failure(.storeNotEmpty) { _ = try await second.run() }
        #expect(error?.reason.contains("brought from first by a transfer that began at") == true)
        let plan = try await first.plan()
        #expect(plan.continued != nil && plan.completed == nil && plan.source.runs == 2000)
        #expect(plan.target.jobs == 20 && plan.target.runs > 0 && plan.target.runs < 2000)
        #expect(try await first.run().end == .complete)
    }

    @Test func aTransferThatHasEndedIsNotRepeated() async throws {
        let memory = MemoryJobStore()
        try await ExampleHistory(jobs: 3, runsPerJob: 3).add(to: memory)
        let target = MemoryJobStore()
        let transfer = try StoreTransfer(from: memory, named: "memory", to: target, named: "target")
        let digest = try await transfer.run().digest
        let again = try await transfer.run()
        guard case .wasComplete = again.end else { return #expect(Bool(false), "\(again.end)") }
        #expect(again.digest == digest && again.written == TransferCounts())
        #expect(try await transfer.plan().completed != nil)
        _ = try await memory.insert([try TestJobs.job("later")])
        let error = await failure(.storeNotEmpty) { _ = try await transfer.run() }
        #expect(error?.reason.contains("one of them has changed since") == true, "\(String(describing: error))")
        #expect(try await target.transferCounts().jobs == 3)
    }

    @Test func aRunOfADeadNodeIsRecoveredAtTheTarget() async throws {
        let file = try StoreFile()
        let target = try await file.open()
        let memory = MemoryJobStore()
        _ = try await memory.insert([try TestJobs.job("a")])
        let taken = try await TestJobs.pass(memory).flatMap(\.runs)
        let run = try #require(taken.first)
        _ = try await StoreTransfer(from: memory, named: "memory", to: target, named: "file").run()
        #expect(try await target.run(run.id) == run)
        // The first heartbeat of a server names the node that it has never heard of.
        let heartbeat = try await target.heartbeat(.current, since: nil)
        let unheardOf = NodeReport(unheardOf: try NodeID("node"))
        #expect(heartbeat.nodes.contains { $0.report == unheardOf })
        await target.close()
    }
}

/// How many records of transfers a store's audit log has.
enum TransferRecordCount {
    static func of(_ store: any AuditLogging) async throws -> Int {
        try await store.auditEntries(AuditFilter(), page: Page(limit: 1000)).count { $0.entry.object.kind == "store" }
    }
}
