import Carillon
import CarillonTriggers

extension OpenedStore {
    /// Warns on standard error of jobs for executors that the configuration does not have, where one is named: their runs
    /// are ready and no server of it takes them.
    func warnOfExecutors(of jobs: [(id: JobID, definition: JobDefinition)]) {
        guard let executors else { return }
        let names = executors.sorted()
        let strange = jobs.filter { !executors.contains($0.definition.executor) }
        let lines = strange.prefix(20).map { id, definition in
            let hint = nearest(to: definition.executor, among: names).map { "did you mean '\($0)'? The" } ?? "the"
            return "the runs of job '\(id)' wait for a server that has the executor '\(definition.executor)'; "
                + "\(hint) configuration has \(names.joined(separator: ", "))"
        }
        CommandFailure.warn(lines + (strange.count > 20 ? ["and \(strange.count - 20) more"] : []))
    }
}
