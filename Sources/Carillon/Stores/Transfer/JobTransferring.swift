import CarillonTriggers

/// One thing that is moved from a store to another one, exactly as it is.
public enum TransferItem: Hashable, Sendable {
    /// A job with its generation, versions and open runs; also one that was removed, while runs of it go on.
    case job(JobSnapshot)
    /// An ended run, and the task that it ran, where that is known. Its job may be gone.
    case run(Run, task: TaskName?)
    /// Why occurrences of a job were not run. The job may be gone.
    case reason(ReasonRange)
}

/// Where an export goes on. Only the store that gave it understands it, and it may be kept as text in between.
public struct TransferCursor: Hashable, Sendable {
    /// The place.
    public let text: String

    /// A place that was kept.
    public init(text: String) { self.text = text }
}

/// A part of an export.
public struct TransferPage: Hashable, Sendable {
    /// What is moved.
    public var items: [TransferItem]
    /// What of this part cannot be moved, and why, a line for each thing: what cannot be read.
    public var left: [String]
    /// Where it goes on; `nil` at the end.
    public var next: TransferCursor?

    /// Puts a part together.
    public init(items: [TransferItem] = [], left: [String] = [], next: TransferCursor? = nil) {
        self.items = items
        self.left = left
        self.next = next
    }
}

/// What became of a thing that was brought to a store.
public enum TransferResult: Hashable, Sendable {
    /// It is there now.
    case written
    /// It was there already, the very same.
    case present
    /// The store has something else in its place, and was left as it is.
    case conflict(String)
    /// The store cannot hold it by its nature, or holds no more of its kind.
    case notHeld(String)
}

/// A store from which everything can be read, and to which it can be brought, for moving between any two stores. Neither
/// store is to be used by a scheduler meanwhile: what changes behind the place of an export is not moved.
///
/// Nodes, notes of running runs, counts, groups of failures, the audit log and remembered requests are not moved; counts and
/// groups come from the ended runs that are brought.
public protocol JobTransferring: Sendable {
    /// A part of all there is: first jobs by id, then removed ones whose runs go on, then ended runs, the latest scheduled
    /// first, then reasons. Parts may be read again.
    ///
    /// - Parameters:
    ///   - cursor: Where to go on; `nil` for the beginning.
    ///   - limit: The most items, held to 1 ... 1,000.
    /// - Throws: `CarillonError` with `invalidExport` for a place that this store has not given.
    func exportPart(from cursor: TransferCursor?, limit: Int) async throws(CarillonError) -> TransferPage

    /// Writes things exactly as they are, each of them whole or not at all; doing it twice is doing it once.
    ///
    /// - A job keeps its generation and versions. Where the store has a job of that id that is not the very same, or
    ///   another job has its generation, it is refused, and nothing of that job changes.
    /// - A run or a reason that is there already, the very same, is left alone.
    /// - A generation that is given later is above all that were brought.
    ///
    /// - Returns: What became of each, in order.
    func importItems(_ items: [TransferItem]) async throws(CarillonError) -> [TransferResult]
}

extension JobTransferring {
    /// What the store holds, by number and checksum, page by page. What cannot be moved is not in it.
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

/// Where an export stands, in words that all stores share.
package enum TransferStage: String, Sendable {
    case jobs
    case removed
    case runs
    case reasons

    /// Reads a place: the stage, and what stands behind it.
    package static func read(_ cursor: TransferCursor?) throws(CarillonError) -> (stage: TransferStage, rest: String?) {
        guard let cursor else { return (.jobs, nil) }
        let parts = cursor.text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let stage = parts.first.flatMap({ TransferStage(rawValue: String($0)) }) else { throw refusal(cursor) }
        return (stage, parts.count > 1 ? String(parts[1]) : nil)
    }

    /// A place in the stage; its beginning where there is nothing behind it.
    package func cursor(_ rest: String? = nil) -> TransferCursor {
        TransferCursor(text: rest.map { "\(rawValue):\($0)" } ?? rawValue)
    }

    /// What is said of a place that is none.
    package static func refusal(_ cursor: TransferCursor) -> CarillonError {
        CarillonError(
            .invalidExport,
            "'\(cursor.text.prefix(100))' is no place in an export of this store; begin anew, which does no harm")
    }
}
