#if Configuration
/// The settings of all sources, unread: for each the entry that counts.
struct CollectedSettings {
    /// All but the jobs.
    private(set) var entries: [Setting: Entry] = [:]
    /// The lists of jobs that count.
    private(set) var jobs: [Entry] = []
    /// What the sources continue, which adds up.
    private(set) var continued: [Entry] = []

    subscript(setting: Setting) -> Entry? { entries[setting] }

    /// Lets the settings of one source win over those that were there. Jobs of several files add up.
    mutating func add(_ found: [Setting: Entry], addingJobs: Bool) {
        for (setting, entry) in found where setting != .jobs && setting != .continues { entries[setting] = entry }
        if let former = found[.continues] { continued.append(former) }
        guard let list = found[.jobs] else { return }
        if !addingJobs { jobs = [] }
        jobs.append(list)
    }
}
#endif
