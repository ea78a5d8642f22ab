import Carillon
import CarillonTriggers
import Foundation

/// How long after its time a lone job starts on an idle node, beside the commit of one row; and how soon a node acts on a
/// change that another has made.
struct LoneJobs {
    let server: BenchmarkServer
    let pooler: String?

    func measure() async throws {
        let commit = Double(try server.roof("commits", "1000")) ?? 0
        let url = try server.emptySchema()
        let late = try await lateness(url, count: 200)
        let (middle, bound) = (median(late), median(late) / commit)
        print("\none row committed by a C program, p50: \(commit.tenths) µs")
        print(
            "one lone job, from its time until it starts, p50: \(middle.tenths) µs, \(bound.hundredths) × the commit "
                + "(to reach: 3), p99: \(percentile(late, 99).tenths) µs")
        let seen = try await changes(server.emptySchema(), count: 300)
        print(
            "a job added on one node starts on another, p50: \((median(seen) / 1000).tenths) ms, p99: "
                + "\((percentile(seen, 99) / 1000).tenths) ms (to reach: 100)")
        guard let pooler else { return }
        _ = try server.emptySchema()
        let polled = try await changes("\(pooler)&prefix=polled_", count: 30)
        print(
            "the same behind a pooler, without NOTIFY, p50: \((median(polled) / 1000).tenths) ms, p99: "
                + "\((percentile(polled, 99) / 1000).tenths) ms (to reach: 1,100)")
    }

    private func percentile(_ numbers: [Double], _ percent: Int) -> Double {
        let sorted = numbers.sorted()
        return sorted[min(sorted.count - 1, sorted.count * percent / 100)]
    }

    /// A node that tells when a run starts.
    private func node(_ url: String, task: String) async throws -> (AsyncScheduler, any JobStore, AsyncStream<Instant>)
    {
        let store = try await ServerNode.store(url)
        var options = SchedulerOptions()
        options.stores["default"] = store
        options.logger.logLevel = .critical
        let scheduler = AsyncScheduler(options)
        let (starts, start) = AsyncStream.makeStream(of: Instant.self)
        try scheduler.register(task) { (_: TaskContext) async in start.yield(SystemClock().now) }
        try await scheduler.start()
        return (scheduler, store, starts)
    }

    /// Microseconds from the time of each job until it starts.
    private func lateness(_ url: String, count: Int) async throws -> [Double] {
        let (scheduler, store, starts) = try await node(url, task: "work")
        var next = starts.makeAsyncIterator()
        var late: [Double] = []
        for number in 0..<count {
            let due = Date(timeIntervalSinceNow: 0.1)
            try await scheduler.addJob(id: "job \(number)", task: "work", trigger: .date(due))
            guard let started = await next.next() else { break }
            late.append(Double(started.microseconds) - (due.timeIntervalSince1970 * 1e6).rounded())
        }
        await scheduler.shutdown()
        await store.close()
        return late
    }

    /// Microseconds from the addition of each job on one node until it starts on the other, which alone has its task.
    private func changes(_ url: String, count: Int) async throws -> [Double] {
        let (one, oneStore, _) = try await node(url, task: "other")
        let (two, twoStore, starts) = try await node(url, task: "work")
        var next = starts.makeAsyncIterator()
        var times: [Double] = []
        for number in 0..<count {
            try await one.addJob(id: "job \(number)", task: "work", trigger: .date(Date()))
            let added = SystemClock().now
            guard let started = await next.next() else { break }
            times.append(Double(started.microseconds - added.microseconds))
            try await Task.sleep(for: .milliseconds(20))
        }
        for scheduler in [one, two] { await scheduler.shutdown() }
        await oneStore.close()
        await twoStore.close()
        return times
    }
}
