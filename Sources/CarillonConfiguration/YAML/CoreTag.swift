#if Configuration
/// The tags of YAML's core schema (YAML 1.2, section 10.3), as the parser has them.
enum CoreTag: String, CaseIterable {
    case text = "tag:yaml.org,2002:str"
    case integer = "tag:yaml.org,2002:int"
    case number = "tag:yaml.org,2002:float"
    case boolean = "tag:yaml.org,2002:bool"
    case null = "tag:yaml.org,2002:null"
    case sequence = "tag:yaml.org,2002:seq"
    case mapping = "tag:yaml.org,2002:map"

    /// Of what has no tag.
    static let none = ""
    /// Of what is text, a list or a mapping, whatever it looks like: a mark alone.
    static let nonSpecific = "!"

    /// A tag as it is written in a text.
    static func written(_ tag: String) -> String {
        let prefix = "tag:yaml.org,2002:"
        return tag.hasPrefix(prefix) ? "!!\(tag.dropFirst(prefix.count))" : tag
    }
}
#endif
