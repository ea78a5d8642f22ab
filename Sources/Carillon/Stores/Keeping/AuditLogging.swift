public import CarillonTriggers

/// A store that keeps an append-only audit log.
///
/// An entry is not part of the step that changes a job: it is written after the change has been answered, with
/// `unknown` if no answer came.
public protocol AuditLogging: Sendable {
    /// Appends entries, all of them or none. Each gets a number above all earlier numbers.
    ///
    /// - Returns: Their numbers, in order.
    @discardableResult
    func append(_ entries: [AuditEntry]) async throws(CarillonError) -> [Int64]

    /// Returns a page of entries with their numbers, the highest first; a page continues below a number. The actions of
    /// one actor, and those on one object, are found without reading the rest.
    func auditEntries(_ filter: AuditFilter, page: Page<Int64>) async throws(CarillonError) -> [NumberedAuditEntry]

    /// Removes the entries that exceed a limit; nothing else removes entries.
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

    /// Creates a numbered entry.
    public init(number: Int64, entry: AuditEntry) {
        self.number = number
        self.entry = entry
    }
}
