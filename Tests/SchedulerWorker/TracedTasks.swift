import Carillon

/// Logs around the tasks that are there for it.
struct TracedTasks: RunMiddleware {
    func perform(_ context: TaskContext, blocking task: () throws -> [UInt8]?) throws -> [UInt8]? {
        note(context)
        return try task()
    }

    nonisolated(nonsending) func perform(
        _ context: TaskContext, task: nonisolated(nonsending) () async throws -> [UInt8]?
    ) async throws -> [UInt8]? {
        note(context)
        return try await task()
    }

    private func note(_ context: TaskContext) {
        guard context.task.hasPrefix("traced") else { return }
        context.log("around \(context.task) of \(context.trace["here"] ?? "")")
    }
}
