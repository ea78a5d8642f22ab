/// A store that can say more of its state than the contract asks for, to commands that look after it.
package protocol SelfChecking: Sendable {
    /// Returns a page of runs, with the number of unreadable rows that would be on it.
    func listing(_ filter: RunFilter, page: Page<Run.ID>) async throws(CarillonError) -> (runs: [Run], unreadable: Int)

    /// Returns how many ended runs and reasons of each job cannot be read. It reads the whole history.
    func unreadableHistory() async throws(CarillonError) -> [String: Int]

    /// Checks that the store can be written, by something that is gone at once.
    ///
    /// - Throws: `CarillonError`, also if another program holds a lock for too long.
    func tryWriting() async throws(CarillonError)
}
