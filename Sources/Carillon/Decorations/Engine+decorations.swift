import Foundation
import Synchronization

/// The jobs of decorated functions.
extension Engine {
    /// The scheduler of this process that adds the decorated jobs.
    private static let holder = Mutex<ObjectIdentifier?>(nil)

    /// What the origin of the decorated jobs is called: programs that share a store leave each other's alone.
    private static let origin = "decorated functions of \(ProcessInfo.processInfo.processName)"

    /// Makes the jobs of decorated functions in the stores equal to those in the program.
    ///
    /// - Throws: `CarillonError` with `wrongState` if another scheduler of the process has added them, `jobExists` if two
    ///   decorations have one id, or what is wrong with a decoration, with its place.
    func keepDecoratedJobs() async throws(CarillonError) {
        guard options.addsDecoratedJobs else { return }
        let collector = DecorationCollector.collect()
        let decorated = collector.jobs
        var places: [String: String] = [:]
        for job in decorated {
            if let other = places.updateValue(job.place, forKey: job.id) {
                throw CarillonError(
                    .jobExists, "job '\(job.id)' is decorated twice, at \(other) and at \(job.place); give one another id")
            }
        }
        if !decorated.isEmpty { try holdDecoratedJobs() }
        var wanted: [OriginJob] = []
        for job in decorated { wanted.append(try job.wanted(policies, origin: Self.origin)) }
        // The last decoration of the program may have gone; a program without the product has nothing to look for.
        guard collector.isLinked || !wanted.isEmpty else { return }
        _ = try await keep(wanted, ofOrigins: [Self.origin]) { _ in }
    }

    private func holdDecoratedJobs() throws(CarillonError) {
        let isHeld = Self.holder.withLock { holder in
            if let holder, holder != ObjectIdentifier(self) { return false }
            holder = ObjectIdentifier(self)
            return true
        }
        guard isHeld else {
            throw CarillonError(
                .wrongState,
                "another scheduler of this program has added its decorated jobs, and both would run them; "
                    + "create one of the two with 'options.addsDecoratedJobs = false'")
        }
    }

    /// Leaves the decorated jobs to another scheduler.
    func releaseDecoratedJobs() {
        Self.holder.withLock { if $0 == ObjectIdentifier(self) { $0 = nil } }
    }
}
