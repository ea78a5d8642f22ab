#if Command
import Carillon
import CarillonTasks
import CarillonTriggers
import Foundation

/// Arguments of tasks as they stand on the command line.
enum TaskArguments {
    /// A JSON object, as bytes: those that an export has, whatever blanks were written.
    static func object(_ text: String, option: String) throws(CommandFailure) -> [UInt8] {
        try value(text, option: option).bytes
    }

    /// A JSON object.
    static func value(_ text: String, option: String) throws(CommandFailure) -> JSONValue {
        let value: JSONValue
        do throws(TriggerError) {
            value = try JSONReader.value(of: Array(text.utf8))
        } catch {
            throw CommandFailure(.badInput, "\(option): \(error)")
        }
        guard case .object = value else {
            throw CommandFailure(.badInput, "\(option): must be a JSON object, not \(value.kindDescription)")
        }
        return value
    }

    /// Looks at the arguments of the tasks that every server has; those of others are known to their nodes alone.
    static func check(_ definition: JobDefinition) throws(CommandFailure) {
        if let problem = problem(definition.task, definition.arguments, of: definition) {
            throw CommandFailure(
                .badInput, "the task '\(definition.task)' cannot run with these arguments: \(problem)")
        }
        guard let onFailure = definition.policies.onFailure else { return }
        let arguments = onFailure.arguments?.bytes ?? JobDefinition.noArguments
        guard let problem = problem(onFailure.task, arguments, of: definition) else { return }
        throw CommandFailure(
            .badInput,
            "the task for failed runs, '\(onFailure.task)', "
                + (onFailure.arguments == nil
                    ? "needs arguments of its own: give --on-failure-arguments"
                    : "cannot run with its arguments: \(problem)"))
    }

    private static func problem(_ task: TaskName, _ arguments: [UInt8], of job: JobDefinition) -> String? {
        switch task.description {
        case "shell": problem(arguments, ShellArguments.self, of: job)
        case "http": problem(arguments, HTTPArguments.self, of: job)
        default: nil
        }
    }

    /// The variables of the server that will run the job are not known here.
    private static func problem(
        _ arguments: [UInt8], _ type: (some Decodable & SecretArguments).Type, of job: JobDefinition
    ) -> String? {
        let resolution = ArgumentResolution(of: job, secretKeys: type.secretKeys)
        do throws(CarillonError) {
            try resolution.check(arguments, [:]) { (complete) throws(CarillonError) in
                do {
                    _ = try JSONDecoder().decode(type, from: Data(complete))
                } catch {
                    throw CarillonError(.invalidArguments, reason(error))
                }
            }
            return nil
        } catch {
            return error.reason
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error as? DecodingError {
        case .dataCorrupted(let context), .typeMismatch(_, let context), .valueNotFound(_, let context),
            .keyNotFound(_, let context):
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            return path.isEmpty ? context.debugDescription : "at '\(path)' \(context.debugDescription)"
        default: return "\(error)"
        }
    }
}
#endif
