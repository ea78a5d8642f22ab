#if Configuration
import Carillon
import CarillonTriggers

/// Reads the settings that count.
extension ConfigurationReader {
    mutating func read(_ collected: CollectedSettings) {
        // The zone, the aliases and the defaults come first: jobs are read with them.
        if let entry = collected[.timezone] { readZone(entry) }
        if let entry = collected[.executors] { readExecutors(entry) }
        if let entry = collected[.jobStores] { readStores(entry) }
        if let entry = collected[.allowedHosts] { configuration.allowedHosts = texts(entry) ?? [] }
        if let entry = collected[.shutdownDeadline], let time = seconds(entry, in: 0...86_400) {
            configuration.shutdownDeadline = time
        }
        if let entry = collected[.lease], let time = seconds(entry, in: 1...86_400) { configuration.lease = time }
        if let entry = collected[.stateDirectory] { configuration.stateDirectory = text(entry) }
        if let entry = collected[.logLevel] {
            configuration.log.level = choice(entry, LogSettings.Level.self) ?? .info
        }
        if let entry = collected[.logFormat] {
            configuration.log.format = choice(entry, LogSettings.Format.self) ?? .text
        }
        if let entry = collected[.logOutput] {
            configuration.log.output = choice(entry, LogSettings.Output.self) ?? .all
        }
        readAPI(collected)
        for entry in collected.continued { readContinued(entry) }
        let defaults = collected[.jobDefaults].map { readJobDefaults($0) } ?? []
        guard !collected.jobs.isEmpty else { return }
        var jobs = JobsReader(
            configuration, defaults, defaultsSubstitute: collected[.jobDefaults]?.source.substitutes ?? false)
        for list in collected.jobs { jobs.read(list, &self) }
        configuration.jobs = jobs.jobs
    }

    private mutating func readZone(_ entry: Entry) {
        guard let name = text(entry) else { return }
        do throws(TriggerError) {
            configuration.zone = try Zone(named: name, field: "")
        } catch {
            report(entry, error.description)
        }
    }

    /// The origins whose jobs are this configuration's: paths that its file had before.
    private mutating func readContinued(_ entry: Entry) {
        var paths: [String] = []
        if case .sequence = entry.value { paths = texts(entry) ?? [] } else { paths = text(entry).map { [$0] } ?? [] }
        for path in paths {
            let origin = ConfigurationSource.origin(ofPath: path, from: entry.source.folder)
            if origin == entry.source.origin {
                remark(entry, "has no effect: it names this very file")
            } else {
                configuration.continuedOrigins.insert(origin)
            }
        }
    }

    private mutating func readAPI(_ collected: CollectedSettings) {
        if let entry = collected[.apiViewsEnabled], let isOn = boolean(entry) {
            configuration.api.viewsEnabled = isOn
            configuration.api.isEnabled = isOn
        }
        if let entry = collected[.apiEnabled], let isOn = boolean(entry) { configuration.api.isEnabled = isOn }
        if let entry = collected[.apiPrefix], let prefix = text(entry) {
            if prefix.hasPrefix("/"), !prefix.contains(where: { $0.isWhitespace || "?#".contains($0) }) {
                let end = prefix.lastIndex { $0 != "/" }
                configuration.api.prefix = end.map { String(prefix[...$0]) } ?? ""
            } else {
                report(entry, "must be the beginning of a path, such as '/scheduler', without blanks, '?' and '#'")
            }
        }
        if let entry = collected[.apiEndpointPrefix] {
            configuration.api.endpointPrefix = text(entry) ?? configuration.api.endpointPrefix
        }
        if let entry = collected[.apiHosts] { configuration.api.hosts = texts(entry) }
        if let entry = collected[.apiLocal], let role = choice(entry, APIRole.self) { configuration.api.local = role }
        if let entry = collected[.apiAuthentication] {
            configuration.api.authentication = readAuthentication(entry)
        }
    }

    /// The policies that jobs begin with, as members that those of a job replace.
    private mutating func readJobDefaults(_ entry: Entry) -> [JSONValue.Member] {
        guard let entries = entries(of: entry) else { return [] }
        var known: [Entry] = []
        for entry in entries {
            if JobKey.byName[entry.key]?.isPolicy == true {
                known.append(entry)
            } else if entry.key == JobKey.whenEndedName {
                reportWhenEnded(entry)
            } else {
                report(unknown: entry, among: JobKey.policyNames)
            }
        }
        var members: [JSONValue.Member] = []
        checkErrorTypes(known, nil)
        guard let policies = policies(known, &members) else { return [] }
        configuration.jobDefaults = policies
        configuration.jobDefaults.resolvesVariables =
            entry.source.substitutes && policies.onFailure?.mentionsVariables ?? false
        for entry in known { configuration.defaultPlaces[entry.key] = entry.source.place(entry.place) }
        return members
    }
}
#endif
