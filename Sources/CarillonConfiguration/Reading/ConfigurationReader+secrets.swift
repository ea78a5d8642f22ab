#if Configuration
import CarillonTriggers

/// Reads passwords and who knows them. No value of these is ever part of a problem.
extension ConfigurationReader {
    /// Looks a key up, or the file that the same key with `_file` names.
    ///
    /// - Returns: The text; nothing where neither is there, or where it is wrong and that was reported.
    mutating func secret(_ key: String, _ entries: [Entry]) -> (text: String, entry: Entry)? {
        let plain = entries.first { $0.key == key }
        let file = entries.first { $0.key == key + "_file" }
        if let plain, let file {
            report(file, "says what '\(plain.key)' says already; keep one of them")
            return nil
        }
        if let plain { return text(plain).map { ($0, plain) } }
        guard let file, let path = text(file), let (bytes, _) = contents(ofSecret: path, file, limit: 1_000_000) else {
            return nil
        }
        guard let text = String(validating: bytes, as: UTF8.self), !text.isEmpty else {
            report(file, "the file '\(path)' is \(bytes.isEmpty ? "empty" : "not UTF-8 text")")
            return nil
        }
        return (text, file)
    }

    /// Reads `user:password`, `{type: basic, username, password}`, `{type: basic, users: {name: password}}` or
    /// `{type: bearer, token}`.
    mutating func readAuthentication(_ entry: Entry) -> APIAuthentication? {
        if case .scalar = entry.value {
            guard let text = text(entry) else { return nil }
            guard let colon = text.firstIndex(of: ":"), colon > text.startIndex,
                text.index(after: colon) < text.endIndex
            else {
                report(
                    entry, "must be 'user:password', or keys and values that begin with 'type: basic' or 'type: bearer'"
                )
                return nil
            }
            return .basic(users: [String(text[..<colon]): Secret(String(text[text.index(after: colon)...]))])
        }
        guard let entries = entries(of: entry) else { return nil }
        let type = entries.first { $0.key == "type" }
        guard let type else {
            let keys = AuthenticationType.basic.keys + ["token", "token_file"]
            if let misspelt = entries.first(where: { nearest(to: $0.key, among: keys) == "type" }) {
                report(unknown: misspelt, among: keys)
            } else {
                report(entry, "the key 'type' is missing: basic or bearer")
            }
            return nil
        }
        guard let kind = choice(type, AuthenticationType.self) else { return nil }
        let before = problemCount
        for entry in entries where !kind.keys.contains(entry.key) { report(unknown: entry, among: kind.keys) }
        guard problemCount == before else { return nil }
        return kind == .bearer ? bearer(entries, entry) : basic(entries, entry)
    }

    private enum AuthenticationType: String, CaseIterable {
        case basic
        case bearer

        var keys: [String] {
            self == .basic
                ? ["type", "username", "password", "password_file", "users"] : ["type", "token", "token_file"]
        }
    }

    private mutating func bearer(_ entries: [Entry], _ entry: Entry) -> APIAuthentication? {
        let before = problemCount
        if let token = secret("token", entries) { return .bearer(token: Secret(token.text)) }
        if problemCount == before { report(entry, "the key 'token' or 'token_file' is missing") }
        return nil
    }

    private mutating func basic(_ entries: [Entry], _ entry: Entry) -> APIAuthentication? {
        var users: [String: Secret] = [:]
        let before = problemCount
        func isUserName(_ name: String) -> Bool { !name.isEmpty && !name.contains(":") }
        if let list = entries.first(where: { $0.key == "users" }) {
            for user in self.entries(of: list) ?? [] {
                if let password = text(user) { users[user.key] = Secret(password) }
                if !isUserName(user.key) { report(list, "a user's name is not empty and has no colon") }
            }
        }
        if let name = entries.first(where: { $0.key == "username" }) {
            if let user = text(name), let password = secret("password", entries) {
                users[user] = Secret(password.text)
                if !isUserName(user) { report(name, "a user's name has no colon") }
            } else if problemCount == before {
                report(entry, "the key 'password' or 'password_file' is missing")
            }
        } else if let password = entries.first(where: { $0.key.hasPrefix("password") }) {
            report(password, "is whose? The key 'username' is missing")
        }
        if users.isEmpty, problemCount == before {
            report(entry, "names nobody: give 'username' and 'password', or 'users'")
        }
        return problemCount == before ? .basic(users: users) : nil
    }
}
#endif
