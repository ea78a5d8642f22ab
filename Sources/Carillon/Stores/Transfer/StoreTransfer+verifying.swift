extension StoreTransfer {
    /// What both stores hold.
    struct Digests {
        var source = TransferDigest()
        var target = TransferDigest()
    }

    /// Reads both stores.
    ///
    /// - Returns: `nil` if the task was cancelled.
    func digests(
        _ watch: inout TransferWatch, _ progress: @Sendable (TransferProgress) -> Void
    ) async throws(CarillonError) -> Digests? {
        let total = try await target.items.transferCounts().total
        var found = Digests()
        var (here, there) = (DigestWalk(source), DigestWalk(target))
        while !here.isAtEnd || !there.isAtEnd {
            if Task.isCancelled { return nil }
            try await watch.look()
            let (reader, other) = (here, there)
            async let left = reader.onePageFurther()
            let right = await other.onePageFurther()
            here = try await left.get()
            there = try right.get()
            progress(
                TransferProgress(
                    stage: .verifying, done: TransferCounts(there.digest).total,
                    total: max(total, TransferCounts(there.digest).total)))
        }
        found.source = here.digest
        found.target = there.digest
        return found
    }

    /// Checks that the source is as it was read, and that the target holds what was written.
    func compare(_ found: Digests, with copy: TransferCopy) throws(CarillonError) {
        guard found.source == copy.read else {
            throw CarillonError(
                .transferMismatch,
                """
                \(source.name) has changed while it was read: \(copy.read) then, \(found.source) now; let nobody change \
                it, and try again, which goes on
                """)
        }
        guard found.target == copy.report.digest else {
            throw CarillonError(
                .transferMismatch,
                """
                \(target.name) does not hold what was brought: \(found.target) instead of \(copy.report.digest); begin \
                again with an empty store
                """)
        }
    }
}

/// One store while it is read from its beginning to its end.
private struct DigestWalk {
    private let side: TransferSide
    private(set) var digest = TransferDigest()
    private(set) var isAtEnd = false
    private var cursor: TransferCursor?
    private var limit = TransferCopy.firstPage

    init(_ side: TransferSide) { self.side = side }

    func onePageFurther() async -> Result<DigestWalk, CarillonError> {
        guard !isAtEnd else { return .success(self) }
        return await side.part(from: cursor, limit: limit).map { page in
            var walk = self
            for item in page.items { walk.digest.add(item) }
            walk.limit = TransferCopy.limit(after: page.items, limit)
            walk.cursor = page.next
            walk.isAtEnd = page.next == nil
            return walk
        }
    }
}
