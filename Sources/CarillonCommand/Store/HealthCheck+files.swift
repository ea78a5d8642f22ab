#if Command
import Carillon
import CarillonConfiguration
import CarillonTasks
import CarillonTriggers
import Foundation

/// The files of variables that jobs name.
extension HealthCheck {
    /// Those of the jobs of a configuration.
    func variableFiles(of configuration: Configuration) -> Set<String> {
        let now = SystemClock().now
        return configuration.jobs.reduce(into: []) { $0.formUnion(Self.variableFiles(of: $1.definition(now: now))) }
    }

    /// Those of the jobs of a store.
    func variableFiles(in store: any JobStore) async throws(CarillonError) -> Set<String> {
        var files: Set<String> = []
        var pages = JobPages()
        while let listed = try await pages.next(of: store) {
            for job in listed.compactMap(\.job) { files.formUnion(Self.variableFiles(of: job.definition)) }
        }
        return files
    }

    private static func variableFiles(of job: JobDefinition) -> [String] {
        var runs = [(job.task, job.arguments)]
        if let onFailure = job.policies.onFailure {
            runs.append((onFailure.task, onFailure.arguments?.bytes ?? JobDefinition.noArguments))
        }
        return runs.flatMap { task, arguments -> [String] in
            let keys: Set<String>
            switch task.description {
            case "shell": keys = ShellArguments.secretKeys
            case "http": keys = HTTPArguments.secretKeys
            default: return []
            }
            return ArgumentResolution(of: job, secretKeys: keys)
                .variableFiles(of: arguments, ProcessInfo.processInfo.environment)
        }
    }
}
#endif
