#if Redis
internal import Carillon
internal import CarillonUnits

extension StoredAudit {
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
