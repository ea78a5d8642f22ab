package import Carillon
import Foundation

/// Faults that befall a server, of whatever kind, and what a store on it has to make of them.
package struct ServerFaults {
    private let server: OwnServer
    private let open: () async throws -> any JobStore

    /// - Parameters:
    ///   - server: A server that nobody else uses.
    ///   - open: Opens a store on it, with the usual limits.
    package init(_ server: OwnServer, open: @escaping () async throws -> any JobStore) {
        self.server = server
        self.open = open
    }

    /// Freezes the server until two nodes have been without an answer for a lease. Neither may take the other for dead, and
    /// what one has taken before stays its own.
    ///
    /// - Returns: How long it was frozen.
    package func frozenForALease() async throws -> Duration {
        let names = ["node-1", "node-2"]
        let reports = try names.enumerated().map { number, name in
            NodeReport(
                id: try NodeID(name), host: "another", process: Int32(number + 1), processStart: 1,
                tasks: [TaskName("work")], zones: "2026a")
        }
        let stores = [try await open(), try await open()]
        var watches = reports.map { NodeWatch($0) }
        _ = try await stores[0].insert([try TestJobs.job("a")])
        let lasting = try await TestJobs.pass(stores[0], node: names[0]).flatMap(\.runs)
        for (index, report) in reports.enumerated() {
            _ = watches[index].dead(in: try await stores[index].heartbeat(report)) { _, _ in false }
        }
        try server.freeze()
        let began = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (store, report) in zip(stores, reports) {
                group.addTask {
                    while ContinuousClock.now - began < .seconds(10) {
                        guard (try? await store.heartbeat(report)) == nil else {
                            throw TestFailure("a frozen server has answered")
                        }
                        await Task.yield()
                    }
                }
            }
            try await group.waitForAll()
        }
        try server.thaw()
        let frozen = ContinuousClock.now - began
        // The second one first: it sees a heartbeat of the other that is older than a lease.
        for index in [1, 0, 1] {
            let heartbeat = try await TestJobs.untilAnswered { try await stores[index].heartbeat(reports[index]) }
            let dead = watches[index].dead(in: heartbeat) { _, _ in false }
            guard dead.isEmpty else { throw TestFailure("\(names[index]) takes \(dead) for dead") }
        }
        guard let run = lasting.first, lasting.count == 1 else {
            throw TestFailure("not one run was taken: \(lasting)")
        }
        let end = Completion(run: run.id, fence: run.fence, finished: TestJobs.start, result: .ended(.succeeded))
        var pass = StorePass(now: TestJobs.start, node: reports[0].id, tasks: reports[0].tasks)
        pass.completions = [end]
        let refused = try await pass.run(on: stores[0]).refused
        guard refused.isEmpty else { throw TestFailure("the end of what was taken before is refused") }
        for store in stores { await store.close() }
        return frozen
    }

    /// Fills the disk of the server, and returns how a store refuses jobs then. Once there is room again it takes them, and
    /// has nothing of what it has refused.
    package func fullDisk() async throws -> CarillonError {
        let store = try await open()
        _ = try await store.insert([try TestJobs.job("before")])
        let filling = "\(server.folder)/filling"
        guard FileManager.default.createFile(atPath: filling, contents: nil),
            let handle = FileHandle(forWritingAtPath: filling)
        else { throw TestFailure("\(filling) cannot be made") }
        do {
            while true { try handle.write(contentsOf: Data(count: 1 << 16)) }
        } catch {
            try handle.close()
        }
        var refusal: CarillonError?
        for number in 0..<200 where refusal == nil {
            do {
                // Some room is left in the server's files.
                _ = try await store.insert(try Self.large(number))
            } catch let error as CarillonError {
                refusal = error
            }
        }
        guard let refusal else { throw TestFailure("a server without room takes jobs without end") }
        let there = try await TestJobs.untilAnswered { try await Self.count(store) }
        guard there % 100 == 1 else { throw TestFailure("of a refused call there are some jobs: \(there)") }
        try FileManager.default.removeItem(atPath: filling)
        _ = try await TestJobs.untilAnswered { try await store.insert(try Self.large(1000)) }
        guard try await Self.count(store) == there + 100 else {
            throw TestFailure("with room again not all jobs are added")
        }
        await store.close()
        return refusal
    }

    /// A hundred jobs that need some room.
    private static func large(_ number: Int) throws -> [NewJob] {
        try (0..<100).map { place in
            let job = try TestJobs.job("\(number) \(place)")
            var definition = job.definition
            // Each is another one, so that a server that compresses pages saves nothing.
            definition.arguments = Array(#"["\#(number) \#(place) \#(String(repeating: "x", count: 4000))"]"#.utf8)
            return NewJob(id: job.id, definition: definition, added: job.added)
        }
    }

    /// How many jobs the store has.
    private static func count(_ store: any JobStore) async throws -> Int {
        var count = 0
        var pages = JobPages()
        while let page = try await pages.next(of: store) { count += page.count }
        return count
    }
}
