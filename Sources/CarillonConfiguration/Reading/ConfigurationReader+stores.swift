#if Configuration
import CarillonTriggers

extension ConfigurationReader {
    mutating func readStores(_ entry: Entry) {
        guard let entries = entries(of: entry) else { return }
        for entry in entries where checkAlias(entry, "a job store") {
            storeAliases.insert(entry.key)
            if extent.needs(store: entry.key) {
                configuration.jobStores[entry.key] = store(entry)
            } else {
                ignoringProblems { $0.configuration.jobStores[entry.key] = $0.store(entry) }
            }
        }
    }

    private mutating func store(_ entry: Entry) -> StoreSetting? {
        if case .scalar = entry.value {
            guard let text = text(entry) else { return nil }
            // As a type alone, memory needs no colon.
            return text == "memory" ? StoreSetting(.memory) : address(text, entry).map { StoreSetting($0) }
        }
        guard let entries = entries(of: entry, "a job store") else { return nil }
        let before = problemCount
        let setting = setting(StoreForm.of(typeName: typeName(entries)), entries, entry)
        return problemCount == before ? setting : nil
    }

    private mutating func typeName(_ entries: [Entry]) -> String? {
        guard let type = entries.first(where: { $0.key == "type" }) else {
            let keys = ["type"] + StoreForm.allKeys
            guard let misspelt = entries.first(where: { nearest(to: $0.key, among: keys) == "type" }) else {
                return "sqlalchemy"
            }
            report(unknown: misspelt, among: keys)
            return nil
        }
        guard let name = text(type) else { return nil }
        if StoreForm.of(typeName: name) == nil {
            // What stands here by mistake may hold a password.
            let names = StoreForm.typeNames
            if name.contains(":") {
                report(type, "must be one of \(names.joined(separator: ", ")); an address stands behind 'url'")
            } else {
                report(word: name, type, among: names)
            }
        }
        return name
    }

    private mutating func setting(_ form: StoreForm?, _ entries: [Entry], _ entry: Entry) -> StoreSetting? {
        guard let form else { return nil }
        var hasMisspelt = false
        for entry in entries {
            let key = entry.key.hasSuffix("_file") ? String(entry.key.dropLast(5)) : entry.key
            if key == "type" || form.keys.contains(key), key == entry.key || ["url", "password"].contains(key) {
                continue
            }
            if form.keysWithoutEffect.contains(entry.key) {
                remark(entry, "has no effect in this store")
            } else {
                let keys = ["type"] + form.keys + ["url_file", "password_file"]
                report(unknown: entry, among: keys)
                let meant = nearest(to: entry.key, among: keys)
                hasMisspelt = hasMisspelt || ["url", "url_file", "path"].contains(meant)
            }
        }
        var address: StoreAddress?
        if let url = secret("url", entries) {
            address = self.address(url.text, url.entry)
            if let kinds = form.kinds, let kind = address?.kind, !kinds.contains(kind) {
                report(url.entry, "is the address of another kind of store than 'type' says")
            }
            for other in entries where form.partKeys.contains(other.key) {
                report(other, "is part of the address that '\(url.entry.key)' gives already; keep one of them")
            }
        } else if entries.contains(where: { $0.key == "url" || $0.key == "url_file" }) {
            return nil
        } else if let kind = form.kindOfParts, kind != .sqlite || entries.contains(where: { $0.key == "path" }) {
            address = addressOfParts(kind, form, entries)
        } else if !hasMisspelt {
            let keys = form.kindOfParts == .sqlite ? "'path' is missing, or 'url'" : "'url' is missing"
            report(entry, "the key \(keys), such as sqlite:///jobs.sqlite")
        }
        guard let address else { return nil }
        var setting = StoreSetting(address)
        for entry in entries {
            switch entry.key {
            case "tablename": setting.tableName = name(entry)
            case "prefix", "jobs_key": setting.keyPrefix = text(entry)
            case "collection": setting.collection = name(entry)
            default: break
            }
        }
        // Commands have the address alone.
        if let name = setting.tableName, [.mysql, .postgresql].contains(setting.address.kind) {
            setting.address.parameters.append(StoreAddress.Parameter(name: "tablename", value: Secret(name)))
        }
        if let name = setting.keyPrefix, setting.address.kind == .redis {
            setting.address.parameters.append(StoreAddress.Parameter(name: "prefix", value: Secret(name)))
        }
        return setting
    }

    /// A name that databases take without quotes.
    private mutating func name(_ entry: Entry) -> String? {
        guard let name = text(entry) else { return nil }
        let isPlain = name.utf8.allSatisfy { byte in
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
                || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || byte == UInt8(ascii: "_")
        }
        if isPlain, name.utf8.count <= 48, name.first?.isNumber == false { return name }
        report(entry, "must be a name of letters, digits and '_' that begins with no digit, 48 characters at most")
        return nil
    }

    /// Takes an address apart and tells what is wrong with it, without showing it.
    private mutating func address(_ text: String, _ entry: Entry) -> StoreAddress? {
        do throws(StoreAddress.Refusal) {
            return try StoreAddress.parsed(text)
        } catch {
            report(entry, error.message)
            return nil
        }
    }

    /// Puts an address together of `host`, `port`, `db` and so on.
    private mutating func addressOfParts(_ kind: StoreAddress.Kind, _ form: StoreForm, _ entries: [Entry])
        -> StoreAddress
    {
        var address = StoreAddress(kind)
        var host = "localhost"
        var port: Int?
        for entry in entries {
            switch entry.key {
            case "host": host = text(entry) ?? host
            case "port": port = integer(entry, in: StoreAddress.portLimits)
            case "user", "username": address.user = text(entry)
            case "db" where kind == .redis: address.path = integer(entry, in: 0...1_000_000).map { String($0) }
            case "database", "path": address.path = text(entry)
            case "ssl", "tls": address.usesTLS = boolean(entry) ?? false
            case "hosts": address.hosts = hosts(entry)
            default: break
            }
        }
        if form.keys.contains("password") { address.password = secret("password", entries).map { Secret($0.text) } }
        switch kind {
        case .memory, .sqlite: break
        case .zookeeper:
            if address.hosts.isEmpty { address.hosts = [StoreAddress.Host(name: "localhost")] }
            if let path = address.path, !path.hasPrefix("/"), let entry = entries.first(where: { $0.key == "path" }) {
                report(entry, "must begin with a slash")
            }
        default: address.hosts = [StoreAddress.Host(name: host, port: port)]
        }
        return address
    }

    /// Hosts with ports, with commas between them or as a list.
    private mutating func hosts(_ entry: Entry) -> [StoreAddress.Host] {
        var parts: [String] = []
        if case .sequence = entry.value {
            parts = texts(entry) ?? []
        } else {
            parts = text(entry)?.split(separator: ",", omittingEmptySubsequences: false).map(String.init) ?? []
        }
        var hosts: [StoreAddress.Host] = []
        for part in parts {
            do throws(StoreAddress.Refusal) {
                hosts.append(try StoreAddress.host(Substring(part.filter { $0 != " " })))
            } catch {
                report(entry, error.message)
            }
        }
        return hosts
    }
}
#endif
