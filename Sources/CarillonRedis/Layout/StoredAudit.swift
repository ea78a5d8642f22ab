#if Redis
internal import Carillon
internal import CarillonTriggers

/// How entries of the audit log are written.
enum StoredAudit {
    static func bytes(_ entry: AuditEntry) -> [UInt8] {
        var fields = PackedFields()
        fields.append(entry.actor)
        fields.append(entry.origin)
        fields.append(entry.time.microseconds)
        fields.append(entry.action)
        fields.append(entry.object.kind)
        fields.append(entry.object.id)
        fields.append(entry.before)
        fields.append(entry.after)
        fields.append(entry.summary)
        switch entry.result {
        case .done:
            fields.append(0)
            fields.append(nil as String?)
        case .refused(let reason):
            fields.append(1)
            fields.append(reason)
        case .unknown(let reason):
            fields.append(2)
            fields.append(reason)
        }
        fields.append(entry.request)
        return fields.bytes
    }

    static func entry(_ bytes: [UInt8]) -> AuditEntry? {
        var reader = PackedReader(bytes)
        do throws(UnreadableValue) {
            var entry = AuditEntry(
                actor: try reader.text("actor"), origin: try reader.optionalText("origin"),
                time: try reader.instant("time"), action: try reader.text("action"),
                object: AuditEntry.Object(kind: try reader.text("kind"), id: try reader.text("id")),
                before: try reader.optionalBytes("before"), after: try reader.optionalBytes("after"),
                summary: try reader.optionalText("summary"))
            let code = try reader.integer("result")
            let reason = try reader.optionalText("reason") ?? ""
            entry.result = code == 0 ? .done : code == 1 ? .refused(reason) : .unknown(reason)
            entry.request = try reader.optionalText("request")
            return entry
        } catch {
            return nil
        }
    }

    /// The indexes that an entry is in, by its number.
    static func indexes(_ entry: AuditEntry) -> [String] {
        [
            "audit:all", "audit:actor:\(entry.actor)", "audit:kind:\(entry.object.kind)",
            object(entry.object.kind, entry.object.id),
        ]
    }

    /// The index that a filter goes through.
    static func index(_ filter: AuditFilter) -> String {
        if let kind = filter.objectKind {
            return filter.objectID.map { object(kind, $0) } ?? "audit:kind:\(kind)"
        }
        return filter.actor.map { "audit:actor:\($0)" } ?? "audit:all"
    }

    private static func object(_ kind: String, _ id: String) -> String {
        // The kind's length, because it may have a colon.
        "audit:object:\(kind.utf8.count):\(kind):\(id)"
    }
}
#endif
