#if Configuration
import Carillon
import CarillonTriggers

/// Reads lists of jobs with what the rest of the configuration says.
struct JobsReader {
    let zone: Zone
    let policies: JobPolicies
    /// The policies that jobs begin with, as they were written.
    let defaults: [JSONValue.Member]
    /// Whether variables are put into the defaults.
    private let defaultsSubstitute: Bool
    private(set) var jobs: [ConfiguredJob] = []
    private var places: [JobID: ConfigurationPlace] = [:]

    init(_ configuration: Configuration, _ defaults: [JSONValue.Member], defaultsSubstitute: Bool) {
        self.defaultsSubstitute = defaultsSubstitute
        zone = configuration.zone
        policies = configuration.jobDefaults
        self.defaults = defaults
    }

    mutating func read(_ list: Entry, _ reader: inout ConfigurationReader) {
        guard case .sequence(let held) = list.value else {
            return reader.report(
                list, "must be a list of jobs, each beginning with '- id: …', not \(list.value.kindDescription)")
        }
        jobs.reserveCapacity(jobs.count + held.content.count)
        places.reserveCapacity(jobs.count + held.content.count)
        for (index, node) in held.content.enumerated() {
            if let job = job(Value(node), .element(list.path, index), list.source, &reader) { jobs.append(job) }
        }
    }

    private mutating func job(
        _ value: Value, _ path: SettingPath, _ source: SourceText, _ reader: inout ConfigurationReader
    ) -> ConfiguredJob? {
        guard let entries = reader.entries(of: value, "a job", path, source) else { return nil }
        let before = reader.problemCount
        let parts = reader.parts(entries, path, source.place(value.place), source)
        let id = id(parts, &reader)
        reader.jobInHand = id
        defer { reader.jobInHand = nil }
        var (task, arguments) = reader.task(parts)
        let trigger = reader.trigger(parts, zone)
        var policies = self.policies
        if !parts.policies.isEmpty {
            var members = defaults
            policies = reader.policies(parts.policies, &members) ?? policies
            reader.checkErrorTypes(parts.policies, task)
        }
        let hasOwnFailure = parts.policies.contains { $0.key == "on_failure" }
        let failureSubstitutes = hasOwnFailure ? source.substitutes : defaultsSubstitute
        policies.resolvesVariables =
            source.substitutes && Substitution.isNeeded(arguments)
            || failureSubstitutes && policies.onFailure?.mentionsVariables ?? false
        if policies.resolvesVariables {
            // The one may be from a file, and the other from a variable, where '${' stands for itself.
            if !source.substitutes { arguments = JobDefinition.escapingVariables(arguments) }
            if !failureSubstitutes { policies.onFailure?.escapeVariables() }
        }
        let name = parts.name.flatMap { humanName($0, &reader) }
        let tags = parts.tags.flatMap { reader.texts($0) } ?? []
        var executor: String? = "default"
        if let entry = parts.executor { executor = reader.alias(entry, "an executor", among: reader.executorAliases) }
        var store: String? = "default"
        if let entry = parts.store { store = reader.alias(entry, "a job store", among: reader.storeAliases) }
        let isPaused = parts.pause.map { reader.isPaused($0) } ?? false
        let logOutput = parts.logOutput.flatMap { reader.choice($0, LogSettings.Output.self) }
        guard reader.problemCount == before, let id, let task, let executor, let store else { return nil }
        return ConfiguredJob(
            id: id, name: name, task: task, arguments: arguments, trigger: trigger, policies: policies, tags: tags,
            executor: executor, store: store, isPaused: isPaused, logOutput: logOutput, origin: source.origin,
            places: parts.places)
    }

    private func humanName(_ entry: Entry, _ reader: inout ConfigurationReader) -> String? {
        guard let text = reader.text(entry) else { return nil }
        do throws(CarillonError) {
            return try NameText(text, of: "name of a job").value
        } catch {
            reader.report(entry, error.reason)
            return nil
        }
    }

    private mutating func id(_ parts: JobParts, _ reader: inout ConfigurationReader) -> JobID? {
        guard let entry = parts.id else {
            if !parts.haveMisspelt(["id"]) { reader.report(parts.place, parts.path, "the key 'id' is missing") }
            return nil
        }
        guard let text = reader.text(entry) else { return nil }
        do throws(CarillonError) {
            let id = try JobID(text)
            if let other = places.updateValue(parts.source.place(entry.place), forKey: id) {
                let place =
                    other.source == parts.source.name ? "line \(other.line)" : "\(other.source), line \(other.line),"
                reader.report(entry, "'\(id)' is the id of the job in \(place) already")
            }
            return id
        } catch {
            reader.report(entry, error.reason)
            return nil
        }
    }
}

extension ConfigurationReader {
    mutating func alias(_ entry: Entry, _ what: String, among aliases: Set<String>) -> String? {
        guard let alias = text(entry) else { return nil }
        if aliases.contains(alias) { return alias }
        let names = aliases.sorted()
        let hint = nearest(to: alias, among: names).map { "did you mean '\($0)'? There" } ?? "there"
        // An address that stands here by mistake may hold a password.
        let shown = alias.contains("://") ? "an address" : "'\(alias.prefix(60))'"
        report(
            entry,
            "\(shown) is not \(what) of this configuration; \(hint) \(names.count == 1 ? "is" : "are") "
                + names.joined(separator: ", ")
        )
        return nil
    }

    /// Reads `paused`, or `next_run_time`, which APScheduler pauses a job with.
    mutating func isPaused(_ entry: Entry) -> Bool {
        guard entry.key == "next_run_time" else { return boolean(entry) ?? false }
        if entry.value.isNull { return true }
        report(entry, "must be null, for a job that is paused; give the trigger a 'start_date' for a later first run")
        return false
    }
}
#endif
