import Carillon
import CarillonTasks
import CarillonTriggers
import Foundation

/// Arguments of tasks as they stand on the command line.
enum TaskArguments {
    /// A JSON object, as bytes.
    static func object(_ text: String, option: String) throws(CommandFailure) -> [UInt8] {
        let value: JSONValue
        do throws(TriggerError) {
            value = try JSONReader.value(of: Array(text.utf8))
        } catch {
            throw CommandFailure(.badInput, "\(option): \(error)")
        }
        guard case .object = value else {
            throw CommandFailure(.badInput, "\(option): must be a JSON object, not \(value.kindDescription)")
        }
        return Array(text.utf8)
    }

    /// Looks at the arguments of the tasks that every server has; those of others are known to their nodes alone.
    static func check(_ definition: JobDefinition) throws(CommandFailure) {
        let task = definition.task.description
        do {
            switch task {
            case "shell": _ = try JSONDecoder().decode(ShellArguments.self, from: Data(definition.arguments))
            case "http": _ = try JSONDecoder().decode(HTTPArguments.self, from: Data(definition.arguments))
            default: break
            }
        } catch {
            throw CommandFailure(.badInput, "the task '\(task)' cannot run with these arguments: \(reason(error))")
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
