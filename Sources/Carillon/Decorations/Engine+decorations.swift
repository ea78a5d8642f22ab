import Foundation
import Synchronization

/// The jobs of decorated functions.
extension Engine {
    /// The scheduler of this process that adds the decorated jobs.
    private static let holder = Mutex<ObjectIdentifier?>(nil)

    /// What the origin of the decorated jobs of the program, or of a library, is called: programs that share a store
    /// leave each other's alone, and jobs of a library that is not loaded yet stay.
    private static func origin(_ image: String) -> String {
        let program = "decorated functions of \(ProcessInfo.processInfo.processName)"
        return image.isEmpty ? program : "\(program), in \(image)"
    }

    /// Makes the jobs of decorated functions in the stores equal to those in the program, and in each library that is
    /// loaded.
    ///
    /// - Throws: `CarillonError` with `wrongState` if another scheduler of the process has added them, `jobExists` if two
    ///   decorations have one id, `invalidName` if two functions have one name, or what is wrong with a decoration,
    /// with its
    ///   place.
    func keepDecoratedJobs() async throws(CarillonError) -> JobsDifference {
        let collector = DecorationCollector.collect()
        if collector.isWithoutSection {
            throw CarillonError(
                .unsupported,
                "this program has decorations, but what they left in it is not found: the system is none of Linux and Darwin, "
                    + "or the linker has dropped the section 'carillon_jobs'; add the jobs with 'addJob', and create the "
                    + "scheduler with 'options.addsDecoratedJobs = false'")
        }
        // A program without the product has nothing to look for; one whose last decoration has gone may have jobs of
        // it.
        guard !collector.images.isEmpty else { return JobsDifference() }
        if let conflict = collector.conflict { throw conflict }
        try collector.jobs.checkIDs()
        if !collector.jobs.isEmpty { try holdDecoratedJobs() }
        try registry.register(collector.tasks)
        var wanted: [OriginJob] = []
        for job in collector.jobs { wanted.append(try job.wanted(by: self, origin: Self.origin(job.image))) }
        return try await keep(wanted, ofOrigins: Set(collector.images.map(Self.origin))) { _ in }
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

extension Scheduler {
    /// Adds the jobs of decorated functions, before the scheduler is started or while it runs. The start does so by
    /// itself, unless `SchedulerOptions.addsDecoratedJobs` says otherwise; call it after a library has been loaded.
    ///
    ///     dlopen("libPlugin.so", RTLD_NOW)
    ///     try await scheduler.addDecoratedJobs()
    ///
    /// The jobs of a library are kept apart from those of the program: while it is not loaded, they stay in the store,
    /// parked.
    ///
    /// - Returns: What was changed.
    /// - Throws: `CarillonError` with `wrongState` if another scheduler of the process has added them, `jobExists` if two
    ///   decorations have one id, `invalidName` if two functions have one name, or what is wrong with a decoration,
    /// with its
    ///   place.
    @discardableResult
    public func addDecoratedJobs() async throws(CarillonError) -> JobsDifference {
        try await engine.keepDecoratedJobs()
    }
}
