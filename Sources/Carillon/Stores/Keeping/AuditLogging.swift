public import CarillonTriggers

/// A store that keeps an audit log, to which entries are only ever added.
///
/// An entry is no part of the step that changes a job: it is written when the answer of the change is there,
/// with `unknown` where none came.
public protocol AuditLogging: Sendable {
    /// Adds entries, all of them or none. Each gets a number above all numbers before it.
    ///
    /// - Returns: Their numbers, in order.
    @discardableResult
    func append(_ entries: [AuditEntry]) async throws(CarillonError) -> [Int64]

    /// A page of entries with their numbers, the highest first; a page goes on behind a number. What one actor did, and
    /// what was done to one thing, is found without looking at the rest.
    func auditEntries(_ filter: AuditFilter, page: Page<Int64>) async throws(CarillonError) -> [NumberedAuditEntry]

    /// Removes what a limit does not keep; nothing else removes entries.
    ///
    /// - Returns: How many were removed.
    @discardableResult
    func pruneAudit(at now: Instant, keeping limit: AuditLimit) async throws(CarillonError) -> Int
}

/// An entry with its place in the log.
public struct NumberedAuditEntry: Hashable, Sendable {
    /// Its number.
    public let number: Int64
    /// What was done.
    public let entry: AuditEntry

    /// Puts both together.
    public init(number: Int64, entry: AuditEntry) {
        self.number = number
        self.entry = entry
    }
}
