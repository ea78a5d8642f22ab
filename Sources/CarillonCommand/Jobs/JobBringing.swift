#if Command
import Carillon
import CarillonTriggers

/// Brings jobs into a store, new ones and such whose ids are taken.
struct JobBringing {
    /// What became of a job.
    enum Result: String {
        case added, replaced, kept, unchanged
        /// Is in the store, and not among what is brought any more.
        case gone
        case removed

        var word: String {
            switch self {
            case .added: "Added"
            case .replaced: "Replaced"
            case .kept: "Kept"
            case .unchanged: "Left as it was"
            case .gone: "Gone"
            case .removed: "Removed"
            }
        }
    }

    let store: any JobStore
    let ifTaken: IfTaken

    /// Brings one job, and answers it as it stands.
    ///
    /// - Throws: `CommandFailure`: `refused` where the id is taken and that is to fail, `badInput` for a policy.
    func bring(_ new: NewJob) async throws(CommandFailure) -> (Result, Job) {
        try await CommandFailure.catching { () throws(CarillonError) in
            if let added = try await store.insert([new]).first, let job = added { return (.added, job) }
            let result: Result
            switch ifTaken {
            case .fail: throw taken(new.id)
            case .keep: result = .kept
            case .replace: result = try await replace(new) ? .replaced : .unchanged
            }
            return (result, try await store.snapshot(new.id, at: new.added).job)
        }
    }

    /// The error of an id that is taken.
    func taken(_ id: JobID) -> CarillonError {
        CarillonError(
            .jobExists, "there is a job '\(id)' already; --if-exists keep leaves it, --if-exists replace changes it")
    }

    /// Whether anything was changed.
    func replace(_ new: NewJob) async throws(CarillonError) -> Bool {
        let isChanged: Bool
        do throws(CarillonError) {
            isChanged = try await store.edit(new.id, at: new.added) { (snapshot) throws(CarillonError) in
                try await store.rechecked(try change(snapshot, by: new), of: snapshot, at: new.added)
            }
        } catch {
            guard error.code == .jobUnreadable else { throw error }
            // Of what cannot be read nothing can be kept, and somebody has said what is to stand there.
            _ = try await store.remove([new.id], at: new.added)
            guard try await store.insert([new]).first.flatMap(\.self) != nil else { throw error }
            return true
        }
        let isPaused = new.isPaused ? try await store.pause(new.id, at: new.added) : false
        return isChanged || isPaused
    }
    /// Whether `replace` would change anything.
    func wouldChange(_ snapshot: JobSnapshot, by new: NewJob) throws(CarillonError) -> Bool {
        if try change(snapshot, by: new) != nil { return true }
        return new.isPaused && snapshot.paused(at: new.added) != nil
    }

    private func change(_ snapshot: JobSnapshot, by new: NewJob) throws(CarillonError) -> JobChange? {
        var definition = new.definition
        // Who keeps a job stays who keeps it, unless another one says so.
        if definition.origin == nil { definition.origin = snapshot.job.definition.origin }
        return try snapshot.modified(definition, at: new.added)
    }
}
#endif
