#if Configuration
import CarillonTriggers

/// The keys of a job's entry, sorted by what they are about.
struct JobParts {
    let path: SettingPath
    let source: SourceText
    /// Where the entry begins.
    let place: ConfigurationPlace
    var id: Entry?
    var name: Entry?
    var task: Entry?
    var arguments: Entry?
    var positionalArguments: Entry?
    var trigger: Entry?
    var tags: Entry?
    var executor: Entry?
    var store: Entry?
    var pause: Entry?
    var logOutput: Entry?
    /// The flat keys of the task `shell`, or its group.
    var shell: [Entry] = []
    /// The flat keys of the task `http`, or its group.
    var http: [Entry] = []
    var policies: [Entry] = []
    /// Those of a trigger, and those that nobody knows.
    var others: [Entry] = []

    /// Where the keys stand that others than this reader may tell of.
    var places: ConfiguredJob.Places {
        let main = (shell + http).first { BuiltInTask.mainKeys.contains($0.key) }
        let arguments = arguments ?? positionalArguments ?? main ?? shell.first ?? http.first
        let failure = policies.first { $0.key == "on_failure" }
        return ConfiguredJob.Places(
            entry: place, task: task?.place, arguments: arguments?.place, failure: failure?.place)
    }

    init(_ path: SettingPath, _ place: ConfigurationPlace, _ source: SourceText) {
        self.path = path
        self.place = place
        self.source = source
    }

    /// Whether a key that nobody knows, of which that is told, was most likely meant to be one of these: that they are
    /// missing only follows from it.
    func haveMisspelt(_ names: [String]) -> Bool {
        others.contains { other in
            guard !Trigger.keysOfAllTypes.contains(other.key) else { return false }
            if let name = JobKey.namesElsewhere[other.key] { return names.contains(name) }
            return nearest(to: other.key, among: JobKey.names).map { names.contains($0) } ?? false
        }
    }
}

extension ConfigurationReader {
    /// Sorts the keys of a job's entry.
    mutating func parts(
        _ entries: [Entry], _ path: SettingPath, _ place: ConfigurationPlace, _ source: SourceText
    ) -> JobParts {
        var parts = JobParts(path, place, source)
        for entry in entries {
            guard let key = JobKey.byName[entry.key] else {
                parts.others.append(entry)
                continue
            }
            switch key {
            case .id: keep(entry, &parts.id)
            case .task: keep(entry, &parts.task)
            case .arguments: keep(entry, &parts.arguments)
            case .positionalArguments: keep(entry, &parts.positionalArguments)
            case .trigger, .crontab: keep(entry, &parts.trigger)
            case .tags: keep(entry, &parts.tags)
            case .executor: keep(entry, &parts.executor)
            case .store: keep(entry, &parts.store)
            case .paused, .nextRunTime: keep(entry, &parts.pause)
            case .logOutput: keep(entry, &parts.logOutput)
            case .shell, .shellPart: parts.shell.append(entry)
            case .http, .httpPart: parts.http.append(entry)
            case .policy: parts.policies.append(entry)
            case .whenEnded: reportWhenEnded(entry)
            case .name: keep(entry, &parts.name)
            case .replaceExisting:
                if boolean(entry) == false {
                    remark(entry, "has no effect: the jobs of a file always replace what the file said before")
                }
            }
        }
        // The key of both belongs to what the others say.
        if !parts.shell.isEmpty, parts.http.allSatisfy({ $0.key == JobKey.environmentFileName }) {
            parts.shell += parts.http
            parts.http = []
        }
        return parts
    }

    /// Tells of a key in a job that nobody knows, or that has another name here.
    ///
    /// - Parameter trigger: The keys of the job's trigger that stand among those of the job.
    mutating func report(unknownInJob entry: Entry, trigger: [String] = []) {
        guard let name = JobKey.namesElsewhere[entry.key] else {
            return report(
                unknown: entry, amongParts: JobKey.parts(with: trigger), mainCount: JobKey.mainPartCount,
                others: "a command, a request or a trigger")
        }
        let example = JobKey.examples[name].map { ", as in \(name): \($0)" } ?? ""
        report(
            entry.source.place(entry.place), entry.parent,
            "'\(entry.key)' is not a key here; it is called '\(name)'\(example)")
    }

    /// Refuses the policy that no job of a file has.
    mutating func reportWhenEnded(_ entry: Entry) {
        report(
            entry,
            "is not for a file: a job of a file stays, also when it has ended, until the file no longer has it; leave the key "
                + "out")
    }

    private mutating func keep(_ entry: Entry, _ place: inout Entry?) {
        if let other = place {
            report(entry, "says what '\(other.key)' says already; keep one of them")
        } else {
            place = entry
        }
    }
}
#endif
