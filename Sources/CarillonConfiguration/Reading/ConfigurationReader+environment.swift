#if Configuration
import Carillon
import CarillonTriggers

/// Finds the settings in environment variables and on the command line.
extension ConfigurationReader {
    mutating func collectEnvironment(_ collected: inout CollectedSettings) {
        var found: [Setting: Entry] = [:]
        var spellings: [Setting: String] = [:]
        for (name, value) in substitution.environment.sorted(by: { $0.key < $1.key }) {
            guard let prefix = Setting.environmentPrefixes.first(where: { name.hasPrefix($0) }), !value.isEmpty else {
                continue
            }
            let source = SourceText(name: "$\(name)", origin: "$\(name)")
            let isFile = Setting.byVariable[name] == nil && name.hasSuffix("_FILE")
            guard let setting = Setting.byVariable[isFile ? String(name.dropLast(5)) : name] else {
                begin(source)
                judge(unknown: name, prefix, source)
                continue
            }
            begin(source)
            if let other = spellings.updateValue(name, forKey: setting) {
                let path = SettingPath.key(.top, setting.rawValue)
                report(source.place(.start), path, "$\(other) says the same already; keep one of them")
                continue
            }
            if extent.includes(setting) { found[setting] = entry(value, of: setting, source, isFile: isFile) }
        }
        collected.add(found, addingJobs: false)
    }

    mutating func collect(_ overrides: [ConfigurationOverride], _ collected: inout CollectedSettings) {
        for override in overrides {
            let source = SourceText(name: override.flag, origin: override.flag)
            begin(source)
            guard let setting = Setting.byKey[override.setting] else {
                let keys = Setting.allCases.map(\.rawValue)
                report(
                    source.place(.start), .top, "'\(override.setting)' \(refusal(ofKey: override.setting, among: keys))"
                )
                continue
            }
            if let entry = entry(override.value, of: setting, source, isFile: false) {
                collected.add([setting: entry], addingJobs: false)
            }
        }
    }

    private mutating func entry(
        _ value: String, of setting: Setting, _ source: SourceText, isFile: Bool
    ) -> Entry? {
        let bare = Entry(key: setting.rawValue, place: .start, value: Self.text(""), parent: .top, source: source)
        let named = Self.named(bare, setting)
        if isFile { return valueInFile(value, for: setting, named).map { Self.named($0, setting) } }
        return self.value(Array(value.utf8), of: setting, source).map { named.with($0) }
    }

    /// The value of a setting that is written alone. Text stands for itself, whatever YAML would make of it, unless it
    /// begins as a flow or in quotes.
    mutating func value(_ bytes: [UInt8], of setting: Setting, _ source: SourceText) -> Value? {
        let first = bytes.first { $0 != UInt8(ascii: " ") }
        let isYAML = first.map { "{[\"'".utf8.contains($0) } ?? false
        let path = SettingPath.key(.top, setting.rawValue)
        guard setting.isText, !isYAML else { return root(of: bytes, source, path) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            report(source.place(.start), path, "the value is not UTF-8 text")
            return nil
        }
        return Self.text(text)
    }

    private static func text(_ text: String) -> Value {
        .scalar(ScalarText(string: text, isPlain: false, place: .start))
    }

    /// Tells of a variable that looks like a setting and is none: as an error where one is nearly called so. Others may
    /// be somebody else's: Kubernetes sets `SCHEDULER_SERVICE_HOST` where a service is called so.
    private mutating func judge(unknown name: String, _ prefix: String, _ source: SourceText) {
        let variables = Setting.byVariable.keys.filter { $0.hasPrefix(prefix) }
        let word = name.dropFirst(prefix.count)
        let words = variables.flatMap { variable in
            let word = String(variable.dropFirst(prefix.count))
            return [word, word + "_FILE"]
        }
        guard let near = nearest(to: String(word), among: words.sorted()) else { return }
        report(source.place(.start), .top, "is not a setting; did you mean '\(prefix)\(near)'?")
    }
}
#endif
