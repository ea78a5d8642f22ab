#if Configuration
import Carillon
import CarillonTriggers
import Yams

/// Finds the settings in files.
extension ConfigurationReader {
    /// The settings of one source, each with the spelling that it was found under.
    private struct Found {
        var entries: [Setting: Entry] = [:]
        var spellings: [Setting: Entry] = [:]
    }

    mutating func collect(_ source: ConfigurationSource, _ collected: inout CollectedSettings) {
        let folder = source.name.lastIndex(of: "/").map { String(source.name[..<$0]) }
        let isText = if case .values = source.content { false } else { true }
        var text = SourceText(name: source.name, origin: source.origin, folder: folder, hasLines: isText)
        begin(text)
        configuration.origins.insert(source.origin)
        let bytes: [UInt8]
        switch source.content {
        case .text(let given), .values(let given): bytes = given
        case .file:
            let file = FileIdentity(path: source.name)
            if let file, let first = files.updateValue(source.name, forKey: file) {
                let what =
                    first == source.name ? "the file is given twice" : "is the same file as '\(first)', given before"
                return report(text.place(.start), .top, "\(what); give it once")
            }
            do throws(FileFailure) {
                bytes = try contents(ofFile: source.name, limit: ConfigurationSource.maximumSize)
            } catch {
                // One that is not there is known by its name alone.
                guard file != nil || missingFiles.insert(source.name).inserted else { return }
                return reportMissingFile(text.place(.start), .top, "the file cannot be read: \(error.reason)")
            }
        }
        if Substitution.isNeeded(bytes) {
            text = SourceText(
                name: source.name, origin: source.origin, folder: folder, substitutes: true, hasLines: isText)
        }
        guard let root = root(of: bytes, text, .top) else { return }
        guard let entries = entries(of: root, "a configuration", .top, text) else { return }
        var found = Found()
        for entry in entries { collect(entry, &found) }
        collected.add(found.entries, addingJobs: true)
    }

    /// Reads the one document of a text.
    mutating func root(of bytes: [UInt8], _ source: SourceText, _ path: SettingPath) -> Value? {
        do throws(YAMLProblem) {
            let (node, tags) = try Node.root(of: bytes, limit: ConfigurationSource.maximumSize, orGive: "jobs")
            report(tags, source, path)
            return tags.isComplete ? Value(node) : nil
        } catch {
            let place = ConfigurationPlace(source: source.name, line: error.line, column: error.column)
            report(place, path, error.message)
            return nil
        }
    }

    /// Finds out which setting a key at the top is.
    private mutating func collect(_ entry: Entry, _ found: inout Found) {
        if Setting.groups.contains(entry.key) {
            guard !entry.value.isNull, let members = entries(of: entry) else { return }
            for member in members {
                guard add(member, "\(entry.key).\(member.key)", suffix: "_file", &found) else {
                    report(unknown: member, among: Setting.keys(ofGroup: entry.key))
                    continue
                }
            }
        } else if entry.key.contains(".")
            || !add(entry, entry.key, suffix: entry.key.first?.isUppercase == true ? "_FILE" : "_file", &found)
        {
            report(unknown: entry, among: Setting.topKeys)
        }
    }

    /// Adds a setting, or one whose value is in a file that the entry names.
    ///
    /// - Returns: Whether the key is a setting.
    private mutating func add(_ entry: Entry, _ name: String, suffix: String, _ found: inout Found) -> Bool {
        if let setting = Setting.byKey[name] {
            add(setting, entry, entry, &found)
        } else if name.hasSuffix(suffix), let setting = Setting.byKey[String(name.dropLast(suffix.count))] {
            guard extent.includes(setting) else {
                add(setting, entry, entry, &found)
                return true
            }
            if let path = text(entry), let value = valueInFile(path, for: setting, entry) {
                add(setting, Self.named(value, setting), entry, &found)
            }
        } else {
            return false
        }
        return true
    }

    private mutating func add(_ setting: Setting, _ entry: Entry, _ spelling: Entry, _ found: inout Found) {
        if let other = found.spellings.updateValue(spelling, forKey: setting) {
            return report(
                spelling, "says what '\(other.path)' in line \(other.place.line) says already; keep one of them")
        }
        if setting.mayBeEmpty && entry.value.isNull || !extent.includes(setting) { return }
        found.entries[setting] = entry
    }

    /// The entry under the lower-case name of its setting, which is what problems call it where no key is written: in
    /// variables and files of their own.
    static func named(_ entry: Entry, _ setting: Setting) -> Entry {
        let parts = setting.rawValue.split(separator: ".").map(String.init)
        return entry.named(parts.count > 1 ? .key(.top, parts[0]) : .top, parts.last ?? setting.rawValue)
    }

    /// The value of a setting that a file of its own holds.
    mutating func valueInFile(_ path: String, for setting: Setting, _ entry: Entry) -> Entry? {
        guard let (bytes, path) = contents(ofSecret: path, entry, limit: ConfigurationSource.maximumSize) else {
            return nil
        }
        let source = SourceText(name: path, origin: path)
        begin(source)
        return value(bytes, of: setting, source).map {
            Entry(key: entry.key, place: .start, value: $0, parent: entry.parent, source: source)
        }
    }

    /// The bytes of a file that an entry names, and its path. The line end that editors leave is not part of a secret.
    mutating func contents(ofSecret path: String, _ entry: Entry, limit: Int) -> (bytes: [UInt8], path: String)? {
        let full = path.hasPrefix("/") ? path : entry.source.folder.map { "\($0)/\(path)" } ?? path
        do throws(FileFailure) {
            var bytes = try contents(ofFile: full, limit: limit)
            guard bytes.count <= limit else {
                report(entry, "the file '\(full)' is larger than \(limit) bytes")
                return nil
            }
            if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
            if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
            return (bytes, full)
        } catch {
            reportMissingFile(
                entry.source.place(entry.place), entry.path, "the file '\(full)' cannot be read: \(error.reason)")
            return nil
        }
    }
}
#endif
