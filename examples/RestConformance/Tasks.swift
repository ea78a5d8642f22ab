#if Web
import Carillon
import Foundation

/// Registers the tasks that the cases name.
func registerTasks(_ host: some TaskHost) throws {
    try host.register("jobs:hello") { (_: Hello, _) in }
    try host.register("jobs:echo") { (_: AnyArguments, _) in }
    try host.register("jobs:slow") { (slow: Slow, context) async throws in
        try await context.sleep(for: .seconds(slow.seconds))
    }
    try host.register("jobs:fails") { (fails: Fails, _) in throw Failed(description: fails.message ?? "boom") }
    try host.register("jobs:append") { (append: Append, context) async throws in
        if let seconds = append.seconds { try await context.sleep(for: .seconds(seconds)) }
        guard let file = fopen(append.path, "a") else { throw Failed(description: "cannot open \(append.path)") }
        defer { fclose(file) }
        fputs(append.line + "\n", file)
    }
}

private struct Hello: PositionalArguments {
    static let argumentOrder = ["name", "times"]
    var name: String?
    var times: Int?
}

private struct Slow: PositionalArguments {
    static let argumentOrder = ["seconds"]
    var seconds: Double
}

private struct Fails: PositionalArguments {
    static let argumentOrder = ["message"]
    var message: String?
}

private struct Append: PositionalArguments {
    static let argumentOrder = ["path", "line", "seconds"]
    var path: String
    var line: String
    var seconds: Double?
}

private struct Failed: Error, CustomStringConvertible {
    let description: String
}
#endif
