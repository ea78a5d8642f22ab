package import Carillon
internal import CarillonTriggers

/// How entries of the audit log are written.
package enum StoredAudit {
    package static func bytes(_ entry: AuditEntry) -> [UInt8] {
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

    package static func entry(_ bytes: [UInt8]) -> AuditEntry? {
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
}
