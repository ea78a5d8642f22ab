#if Configuration
import CarillonTriggers

/// Reads the arguments of the task `http`, which sends a request.
extension ConfigurationReader {
    private static let methods = [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE", "PROPFIND", "REPORT", "MKCOL",
    ]

    /// A request has one body, and one that has none cannot be asked to have one.
    mutating func checkBody(_ entries: [Entry]) {
        let text = entries.first { $0.key == "body" }
        let hasJSON = entries.contains { $0.key == "json" }
        guard hasJSON || text != nil else { return }
        if let text, hasJSON { report(text, "does not go with 'json'; a request has one body") }
        guard let method = entries.first(where: { $0.key == "method" }), case .scalar(let scalar) = method.value,
            ["GET", "HEAD"].contains(scalar.string.uppercased())
        else { return }
        report(method, "must be another than GET and HEAD where there is a body")
    }

    mutating func httpValue(_ entry: Entry) -> JSONValue? {
        switch entry.key {
        case "url":
            guard let url = text(entry) else { return nil }
            let scheme = url.prefix { $0 != ":" }.lowercased()
            let isRight =
                ["http", "https"].contains(scheme) && url.dropFirst(scheme.count).hasPrefix("://")
                && url.count > scheme.count + 3 && !url.contains(where: \.isWhitespace)
            if isRight { return .string(url) }
            report(entry, "must begin with http:// or https:// and a host, and have no blanks")
            return nil
        case "method":
            guard let method = text(entry) else { return nil }
            if Self.methods.contains(method.uppercased()) { return .string(method.uppercased()) }
            report(word: method, entry, among: Self.methods)
            return nil
        case "headers": return headers(entry)
        case "url_file", "body_file": return text(entry).map(JSONValue.string)
        case JobKey.environmentFileName: return files(entry)
        case "body": return writtenText(entry).map(JSONValue.string)
        case "expect": return expectation(entry)
        case "ca_file", "client_certificate", "client_key":
            guard let path = text(entry) else { return nil }
            if path.hasPrefix("/"), !path.utf8.contains(0) { return .string(path) }
            report(entry, "must be an absolute path, which begins with '/'")
            return nil
        case "timeout":
            guard seconds(entry, in: 0.001...Self.longestTaskSeconds) != nil else { return nil }
            return json(entry)
        default: return json(entry)
        }
    }

    private mutating func headers(_ entry: Entry) -> JSONValue? {
        textMembers(entry) { name in
            let isToken = !name.isEmpty && name.utf8.allSatisfy { Self.marksOfTokens.contains($0) || $0.isAlphanumeric }
            return isToken ? nil : "has a name that no header can have"
        } refusingText: { text in
            let hasControl = text.utf8.contains { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }
            return hasControl ? "has a control character in it, such as the end of a line" : nil
        }
    }

    /// Those beside letters and digits, by RFC 9110, section 5.6.2.
    private static let marksOfTokens = Set("!#$%&'*+-.^_`|~".utf8)

    /// A status code, a class of them such as `2xx`, a range such as `200-204`, or a list of these.
    private mutating func expectation(_ entry: Entry) -> JSONValue? {
        guard let json = json(entry) else { return nil }
        var values = [json]
        if case .array(let list) = json { values = list }
        guard !values.isEmpty, values.allSatisfy(Self.isStatus) else {
            report(entry, "must be a status code such as 200, '2xx', '200-204', or a list of these")
            return nil
        }
        return json
    }

    private static func isStatus(_ value: JSONValue) -> Bool {
        switch value {
        case .integer(let code): return (100...599).contains(code)
        case .string(let text):
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            if parts.count == 2, let low = Int(parts[0]), let high = Int(parts[1]) {
                return (100...599).contains(low) && (low...599).contains(max(low, high)) && high >= low
            }
            if let code = Int(text) { return (100...599).contains(code) }
            return text.utf8.count == 3 && text.hasSuffix("xx") && "12345".contains(text.prefix(1))
        default: return false
        }
    }
}

extension UInt8 {
    fileprivate var isAlphanumeric: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }
}
#endif
