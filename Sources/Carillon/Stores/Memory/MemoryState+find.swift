import CarillonTriggers

extension MemoryState {
    /// Returns the jobs that a query finds, each once: those that are due, those with ready runs, those whose waiting
    /// runs have room, those named, and those with runs on the named nodes.
    mutating func numbers(of query: JobQuery) -> [UInt32] {
        renewTriggers()
        let tasks = query.dueLimit > 0 || query.readyLimit > 0 ? numbers(of: query.tasks) : []
        for number in findDue(query, tasks) { found.add(number) }
        for number in findReady(query, tasks) { found.add(number) }
        if query.sweepsWaiting {
            var frontier = HeapFrontier([roomy], through: .max)
            for _ in 0..<max(query.readyLimit, 0) { if let number = frontier.next() { found.add(number) } }
        }
        for id in query.ids { if let number = number(of: id) { found.add(number) } }
        for unit in query.units { if let number = number(of: unit) { found.add(number) } }
        for node in query.runningOn {
            for run in running[node] { if let number = runs[Int(run)]?.job { found.add(number) } }
        }
        return found.takeAll()
    }

    /// Sorts jobs by priority, highest first.
    mutating func orderByPriority(_ numbers: inout [UInt32]) {
        numbers.orderByPriority { number in
            if let shape = jobs[Int(number)]?.shapeNumber() { shapes[shape].policies.priority } else { 0 }
        }
    }

    private func findDue(_ query: JobQuery, _ tasks: [Int]) -> [UInt32] {
        guard query.dueLimit > 0 else { return [] }
        var frontier = HeapFrontier(tasks.map { due[$0] }, through: query.now.microseconds)
        var found: [UInt32] = []
        while found.count < query.dueLimit, let number = frontier.next() { found.append(number) }
        return found
    }

    private func findReady(_ query: JobQuery, _ tasks: [Int]) -> [UInt32] {
        guard query.readyLimit > 0 else { return [] }
        var heaps: [Int: [IndexedHeap<Int64>]] = [:]
        for task in tasks {
            for (priority, heap) in ready[task] { heaps[priority, default: []].append(heap) }
        }
        var found: [UInt32] = []
        var seen: Set<UInt32> = []
        for priority in heaps.keys.sorted(by: >) {
            var frontier = HeapFrontier(heaps[priority] ?? [], through: query.now.microseconds)
            while let number = frontier.next() {
                guard let job = runs[Int(number)]?.job, seen.insert(job).inserted else { continue }
                found.append(job)
                if found.count == query.readyLimit { return found }
            }
        }
        return found
    }

    /// Returns when there is next something to do for a node that can run the given tasks.
    func earliest(of tasks: Set<TaskName>?) -> EarliestTimes {
        let tasks = numbers(of: tasks)
        let available =
            tasks.flatMap { ready[$0].values.compactMap { $0.first?.key } } + [roomy.first?.key].compactMap(\.self)
        return EarliestTimes(
            due: tasks.compactMap { due[$0].first?.key }.min().map(Instant.init(microseconds:)),
            available: available.min().map(Instant.init(microseconds:))
        )
    }

    /// Records a heartbeat and returns the answer.
    mutating func heartbeat(_ report: NodeReport, since known: KnownNodes?, at time: Instant) -> Heartbeat {
        if nodes[report.id]?.report != report { nodesVersion += 1 }
        nodes[report.id] = NodeRecord(report: report, lastHeartbeat: time)
        for node in running.nodes where nodes[node] == nil {
            nodes[node] = NodeRecord(report: NodeReport(unheardOf: node), lastHeartbeat: time)
            nodesVersion += 1
        }
        let known = known?.version == nodesVersion ? known : nil
        let named = nodes.values.filter { known?.isSilent($0, at: time) ?? true }
        return Heartbeat(
            storeTime: time,
            nodes: named.sorted { $0.report.id < $1.report.id },
            nodesVersion: nodesVersion,
            namesAll: known == nil,
            news: news(for: report.id, report.tasks)
        )
    }

    /// See `PlanStore.news`.
    func news(for node: NodeID, _ tasks: Set<TaskName>) -> StoreNews {
        let cancelled = running[node].compactMap { number in
            runs[Int(number)].flatMap { $0.run.isCancelRequested ? $0.run.id : nil }
        }
        return StoreNews(earliest: earliest(of: tasks), cancelRequested: cancelled)
    }
}
