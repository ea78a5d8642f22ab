extension CarillonError {
    /// The error that there is no job of an id.
    ///
    /// - Parameter hasRun: Whether the history has runs of it.
    static func jobNotFound(_ id: JobID, hasRun: Bool = false) -> CarillonError {
        guard hasRun else { return CarillonError(.jobNotFound, "there is no job '\(id)'") }
        return CarillonError(
            .jobNotFound,
            "there is no job '\(id)' any more: it has run, and has been removed; a one-off job is removed when it has ended, "
                + "unless it has `whenEnded: .keep`")
    }
}
