#if Command
import ArgumentParser
import Carillon
import CarillonTriggers

/// The jobs that an action is for: those of some ids, of a tag, or all.
struct JobGroup: ParsableArguments {
    @OptionGroup var store: StoreOptions
    @OptionGroup var form: FormOptions

    @Argument(help: "The jobs.")
    var ids: [String] = []

    @Option(help: "All jobs with this tag.")
    var tag: String?

    @Flag(help: "All jobs of the store.")
    var all = false

    func validate() throws {
        let ways = [ids.isEmpty ? nil : "ids", tag.map { _ in "--tag" }, all ? "--all" : nil].compactMap(\.self)
        guard ways.count == 1 else {
            throw ValidationError(
                ways.isEmpty
                    ? "say which jobs are meant: ids, --tag or --all"
                    : "\(EnglishText.list(ways, "and")) each say which jobs are meant: keep one of them")
        }
    }

    /// Does something with each job, and tells of each; what is wrong with one does not keep it from the others.
    ///
    /// - Parameters:
    ///   - state: Of a tag, or of all, only jobs in this state are meant.
    ///   - action: Answers what became of the job, in a word.
    func each(
        in state: JobFilter.State?, _ action: @Sendable (JobID, any JobStore) async throws(CarillonError) -> String
    ) async throws(CommandFailure) {
        let opened = try await store.opened(for: .changing)
        let found = try await chosen(in: opened.store, state)
        try await JobSelection.each(found, in: opened.store, form, action)
    }

    /// The ids of the jobs that are meant.
    ///
    /// - Throws: `CommandFailure` with `refused` where no job has the tag, which is more often misspelt.
    func chosen(in store: any JobStore, _ state: JobFilter.State?) async throws(CommandFailure) -> [String] {
        guard ids.isEmpty else { return ids }
        var filter = JobFilter()
        filter.tag = tag
        if let tag {
            let some = filter
            let page = try await CommandFailure.catching { () throws(CarillonError) in
                try await store.jobs(some, page: Page(limit: 1))
            }
            guard !page.isEmpty else {
                throw CommandFailure(.refused, "no job has the tag '\(tag.printable)'")
            }
        }
        filter.state = state
        let wanted = filter
        return try await CommandFailure.catching { () throws(CarillonError) in
            var found: [String] = []
            var pages = JobPages(wanted)
            while let listed = try await pages.next(of: store) { found += listed.compactMap { $0.job?.id.description } }
            return found
        }
    }
}
#endif
