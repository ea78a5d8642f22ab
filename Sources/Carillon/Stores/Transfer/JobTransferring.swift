import CarillonTriggers

/// One item that is moved from one store to another, exactly as it is.
public enum TransferItem: Hashable, Sendable {
    /// A job with its generation, versions and open runs. It may have been removed while runs of it are open.
    case job(JobSnapshot)
    /// An ended run, and the task that it ran, if known. Its job may be gone.
    case run(Run, task: TaskName?)
    /// Why occurrences of a job were not run. The job may be gone.
    case reason(ReasonRange)
}

/// A position in an export. Only the store that returned it understands it; it may be kept as text.
public struct TransferCursor: Hashable, Sendable {
    /// The position as text.
    public let text: String

    /// Creates a position from text that was kept.
    public init(text: String) { self.text = text }
}

/// A page of an export.
public struct TransferPage: Hashable, Sendable {
    /// The items to move.
    public var items: [TransferItem]
    /// What of this page cannot be moved because it cannot be read, with the reason, one line for each.
    public var left: [String]
    /// The position of the next page; `nil` at the end.
    public var next: TransferCursor?

    /// Creates a page.
    public init(items: [TransferItem] = [], left: [String] = [], next: TransferCursor? = nil) {
        self.items = items
        self.left = left
        self.next = next
    }
}

/// What happened to an imported item.
public enum TransferResult: Hashable, Sendable {
    /// It was written.
    case written
    /// An identical item existed already.
    case present
    /// The store has a different item in its place, and was left as it is.
    case conflict(String)
    /// The store cannot hold such an item, or no more of its kind.
    case notHeld(String)
}

/// A store that can export all its contents and import them, to move between any two stores. No scheduler may use
/// either store meanwhile: changes before the current position of an export are not moved.
///
/// Nodes, notes of running runs, counts, failure groups, the audit log and remembered requests are not moved; counts
/// and failure groups are made again from the imported runs.
public protocol JobTransferring: Sendable {
    /// Returns a page of the store's contents: first jobs by id, then removed jobs with open runs, then ended runs, the
    /// latest scheduled first, then reasons. Pages may be read again.
    ///
    /// - Parameters:
    ///   - cursor: The position to continue from; `nil` for the start.
    ///   - limit: The most items, clamped to 1 ... 1,000.
    /// - Throws: `CarillonError` with `invalidExport` for a position that is not from this store.
    func exportPart(from cursor: TransferCursor?, limit: Int) async throws(CarillonError) -> TransferPage

    /// Returns about how many items there are to export, at little cost: unreadable ones may be counted as well.
    func transferCounts() async throws(CarillonError) -> TransferCounts

    /// Writes items exactly as they are, each of them whole or not at all. The call is idempotent.
    ///
    /// - A job keeps its generation and versions. If the store has a different job with that id, or another job has its
    ///   generation, it is refused, and nothing of the existing job changes.
    /// - A run or a reason that exists already and is identical is left alone.
    /// - Generations given to new jobs are higher than all imported ones.
    ///
    /// - Returns: What happened to each, in order.
    func importItems(_ items: [TransferItem]) async throws(CarillonError) -> [TransferResult]
}

extension JobTransferring {
    /// Counts the items by reading them all.
    public func transferCounts() async throws(CarillonError) -> TransferCounts {
        TransferCounts(try await transferDigest())
    }

    /// Counts and checksums the store's contents, page by page. What cannot be moved is left out.
    public func transferDigest() async throws(CarillonError) -> TransferDigest {
        var digest = TransferDigest()
        var cursor: TransferCursor?
        repeat {
            let page = try await exportPart(from: cursor, limit: 1000)
            for item in page.items { digest.add(item) }
            cursor = page.next
        } while cursor != nil
        return digest
    }
}

/// The stage of an export, the same in all stores.
package enum TransferStage: String, Sendable {
    case jobs
    case removed
    case runs
    case reasons

    /// Reads a position: the stage, and the rest of the text.
    package static func read(_ cursor: TransferCursor?) throws(CarillonError) -> (stage: TransferStage, rest: String?) {
        guard let cursor else { return (.jobs, nil) }
        let parts = cursor.text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let stage = parts.first.flatMap({ TransferStage(rawValue: String($0)) }) else { throw refusal(cursor) }
        return (stage, parts.count > 1 ? String(parts[1]) : nil)
    }

    /// Returns a position in the stage; its start if `rest` is `nil`.
    package func cursor(_ rest: String? = nil) -> TransferCursor {
        TransferCursor(text: rest.map { "\(rawValue):\($0)" } ?? rawValue)
    }

    /// Returns the error for a text that is no position.
    package static func refusal(_ cursor: TransferCursor) -> CarillonError {
        CarillonError(
            .invalidExport,
            "'\(cursor.text.prefix(100))' is no place in an export of this store; begin anew, which does no harm")
    }
}
