import CarillonTriggers

/// Reads the arguments of the task `http`, which sends a request.
extension ConfigurationReader {
    private static let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

    mutating func http(_ parts: JobParts) -> [JSONValue.Member]? {
        guard let entries = keys(of: parts.http, group: "http", JobKey.httpNames + ["timeout"]) else { return nil }
        guard entries.contains(where: { $0.key == "url" }) else {
            report(parts.place, parts.path, "the key 'url' is missing, to which '\(parts.http[0].key)' belongs")
            return nil
        }
        if entries.contains(where: { $0.key == "json" }), let body = entries.first(where: { $0.key == "body" }) {
            report(body, "does not go with 'json'; a request has one body")
            return nil
        }
        var members: [JSONValue.Member] = []
        for entry in entries {
            guard let value = httpValue(entry) else { return nil }
            members.append(JSONValue.Member(entry.key, value))
        }
        return members
    }

    private mutating func httpValue(_ entry: Entry) -> JSONValue? {
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
            report(entry, Self.wordRefusal(method, among: Self.methods))
            return nil
        case "headers": return textMembers(entry).map(JSONValue.object)
        case "body": return writtenText(entry).map(JSONValue.string)
        case "expect": return expectation(entry)
        case "timeout":
            guard seconds(entry, in: 0.001...86_400) != nil else { return nil }
            return json(entry)
        default: return json(entry)
        }
    }

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
