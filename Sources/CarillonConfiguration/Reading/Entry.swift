#if Configuration
/// The text that a node was read from.
final class SourceText: Sendable {
    /// What it is called in errors.
    let name: String
    /// Who keeps the jobs in it.
    let origin: String
    /// The folder that paths in it are seen from; nothing for the one that the process is in.
    let folder: String?
    /// Whether there is a `${NAME}` in it that stands for a variable: in files. A shell has put in already what it passes
    /// on.
    let substitutes: Bool
    /// Whether people see it in lines and columns.
    private let hasLines: Bool

    init(
        name: String, origin: String, folder: String? = nil, substitutes: Bool = false, hasLines: Bool = true
    ) {
        self.hasLines = hasLines
        self.name = name
        self.origin = origin
        self.folder = folder
        self.substitutes = substitutes
    }

    func place(_ place: TextPlace) -> ConfigurationPlace {
        guard hasLines else { return ConfigurationPlace(source: name, line: 0, column: 0) }
        return ConfigurationPlace(source: name, line: Int(place.line), column: Int(place.column))
    }
}

/// Where something stands in a configuration, such as `jobs[3].trigger.minute`: put into words only for a problem.
indirect enum SettingPath: CustomStringConvertible, Sendable {
    case top
    case key(SettingPath, String)
    case element(SettingPath, Int)

    var description: String {
        switch self {
        case .top: return ""
        case .key(let outer, let key):
            let outer = outer.description
            return outer.isEmpty ? key : "\(outer).\(key)"
        case .element(let outer, let index): return "\(outer)[\(index)]"
        }
    }
}

/// A key with its value.
struct Entry {
    let key: String
    /// Where the key stands.
    let place: TextPlace
    let value: Value
    let parent: SettingPath
    let source: SourceText

    var path: SettingPath { .key(parent, key) }

    /// The same entry under another key and in another place: a setting has one path, however it was spelled.
    func named(_ path: SettingPath, _ key: String) -> Entry {
        Entry(key: key, place: place, value: value, parent: path, source: source)
    }

    /// The same key with another value.
    func with(_ value: Value) -> Entry {
        Entry(key: key, place: place, value: value, parent: parent, source: source)
    }
}
#endif
