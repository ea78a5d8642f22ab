#if Command
import Carillon
import CarillonConfiguration

extension ServeRecord {
    /// The same without what a run wrote, where that is not to be shown.
    func showing(_ output: LogSettings.Output) -> ServeRecord {
        guard case .ended(let id, let outcome, let error, var run?) = self else { return self }
        let isShown =
            switch output {
            case .all: true
            case .failures: Self.level(of: outcome) >= .error
            case .none: false
            }
        if isShown { return self }
        run.log = nil
        return .ended(id, outcome, error: error, run: run)
    }
}

extension Configuration {
    /// What its jobs say of their output, as far as they do.
    var outputs: [JobID: LogSettings.Output] {
        jobs.reduce(into: [:]) { outputs, job in outputs[job.id] = job.logOutput }
    }
}
#endif
