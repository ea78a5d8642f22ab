/// What is known of ended runs, with those of a job together.
struct CompletionsByJob: Sendable {
    /// The jobs, in order.
    private(set) var ids: [JobID] = []
    /// The completions, job by job, and where those of each job begin.
    private var completions: [Completion] = []
    private var starts: [Int] = []
    /// The group that is looked for next, since stores mostly find jobs in the order of their ids.
    private var expected = 0

    /// Those of one job stay in their order.
    init(_ unordered: [Completion]) {
        guard !unordered.isEmpty else { return }
        let jobs = unordered.map(\.run.occurrence.job)
        let order = jobs.indices.sorted { left, right in
            let comparison = jobs[left].comparedBytes(with: jobs[right])
            return comparison != 0 ? comparison < 0 : left < right
        }
        completions.reserveCapacity(order.count)
        for index in order {
            if ids.last != jobs[index] {
                ids.append(jobs[index])
                starts.append(completions.count)
            }
            completions.append(unordered[index])
        }
    }

    /// Those of a group; none where there is no group.
    subscript(group: Int?) -> ArraySlice<Completion> {
        guard let group else { return [] }
        let end = group + 1 < starts.count ? starts[group + 1] : completions.count
        return completions[starts[group]..<end]
    }

    /// The group of a job that has completions.
    mutating func group(of id: JobID) -> Int? {
        guard !ids.isEmpty else { return nil }
        if expected < ids.count, ids[expected] == id {
            expected += 1
            return expected - 1
        }
        let index = ids.firstIndex(after: { $0 < id })
        return index < ids.count && ids[index] == id ? index : nil
    }
}
