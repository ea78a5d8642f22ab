package import CarillonTriggers

/// What the audit log of a target says of transfers to it: the state of the latest one.
package struct TransferRecord: Sendable {
    package enum State: Hashable, Sendable {
        /// It has begun and not ended: it is under way, or was interrupted.
        case unfinished
        /// It has ended. The checksums are those of then.
        case finished(source: String, target: String)
    }

    /// The store that things are, or were, brought from.
    package let source: String
    /// When it began, or when it ended.
    package let time: Instant
    /// The number of the entry.
    let number: Int64
    package let state: State

    /// The object of the entries: no action but a transfer has it.
    package static let object = AuditEntry.Object(kind: "store", id: "transfer")
    private static let actor = "carillon"
    private static let action = "transfer"

    /// Reads the latest record of a store; `nil` if nothing was ever brought to it.
    package static func latest(in store: any JobStore) async throws(CarillonError) -> TransferRecord? {
        guard let log = store as? any AuditLogging else { return nil }
        let found = try await log.auditEntries(AuditFilter(object: object), page: Page(limit: 1)).first
        guard let found else { return nil }
        let entry = found.entry
        var state = State.unfinished
        if entry.result == .done {
            func text(_ bytes: [UInt8]?) -> String { String(decoding: bytes ?? [], as: UTF8.self) }
            state = .finished(source: text(entry.before), target: text(entry.after))
        }
        return TransferRecord(source: entry.origin ?? "", time: entry.time, number: found.number, state: state)
    }

    /// Records that a transfer begins; `nil` if the target keeps no audit log.
    static func begin(from source: TransferSide, in target: TransferSide) async throws(CarillonError) -> TransferRecord?
    {
        guard let log = target.store as? any AuditLogging else { return nil }
        let now = SystemClock().now
        let entry = AuditEntry(
            actor: actor, origin: source.name, time: now, action: action, object: object,
            summary: "jobs and history of \(source.name) are brought here",
            result: .unknown("it has not ended; the same call goes on with it"))
        guard let number = try await log.append([entry]).first else { return nil }
        return TransferRecord(source: source.recorded, time: now, number: number, state: .unfinished)
    }

    /// Records that it has ended.
    static func end(
        from source: TransferSide, in target: TransferSide, read: TransferDigest, written: TransferDigest
    ) async throws(CarillonError) {
        guard let log = target.store as? any AuditLogging else { return }
        // Checksums as JSON texts.
        func json(_ digest: TransferDigest) -> [UInt8] { Array("\"\(digest)\"".utf8) }
        _ = try await log.append([
            AuditEntry(
                actor: actor, origin: source.name, time: SystemClock().now, action: action, object: object,
                before: json(read), after: json(written),
                summary: "jobs and history of \(source.name) were brought here: \(TransferCounts(written))")
        ])
    }

    /// The warning for users of a store that is not complete; `nil` if it is.
    package var warning: String? {
        guard state == .unfinished else { return nil }
        return "jobs and history of \(source) are brought to it since \(time), and not all of them are there; let "
            + "'carillon migrate' come to its end before it is served"
    }

    /// Whether the record is of a transfer in which these were the contents of both stores at its end.
    func isOf(read: TransferDigest, written: TransferDigest) -> Bool {
        state == .finished(source: "\"\(read)\"", target: "\"\(written)\"")
    }
}

extension TransferSide {
    /// Its name as an audit log keeps it.
    var recorded: String { name.beginning(bytes: AuditEntry.textLimit) }
}
