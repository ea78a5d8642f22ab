#if Macros
public import Carillon
public import CarillonMacros
public import CarillonTriggers

// Functions with parameters.

/// An argument of a type of its own.
public struct Address: Codable, Sendable {
    /// A part of it.
    public let street: String
}

@JobTask func report(recipient: String, depth: Int = 3) { print("report \(recipient) \(depth)") }

@JobTask("reports.full", renamed: ["addressee": "to"])
func fullReport(
    _ path: String, to recipient: String, context: TaskContext, at address: Address? = nil, depth: Int? = 3,
    quoted: String = "a, \"b\"", list: [Int] = [1, 2]
) async throws -> [String: Int] {
    print("full \(path) \(recipient) \(address?.street ?? "-") \(depth ?? 0) \(quoted) \(list)")
    if context.attempt < 2 { throw CancellationError() }
    return ["attempt": context.attempt, "list": list.count]
}

@JobTask func noParameters() { print("no parameters") }
@MainActor @JobTask private func onMain(`default` value: Int) -> Int { value + 1 }

/// A type with a task.
public enum Static {
    /// A use of the public import: those in expansions do not count for the compiler, which would call it unused.
    public typealias When = Trigger

    /// A static member, which can be used elsewhere.
    @JobTask public static func member(_ values: [Address], in context: TaskContext) throws {
        print("member \(values.map(\.street)) \(context.jobID)")
    }
}

/// Adds jobs of them all.
func addTasks(_ scheduler: some Scheduler) async throws {
    try await scheduler.add($report.job(id: "r", recipient: "ops", trigger: .cron(hour: 9)))
    try await scheduler.add($report.job(id: "deep", recipient: "ops", depth: 5))
    let retried = JobOptions(policies: JobPolicies(retry: RetryPolicy(count: 1)))
    try await scheduler.add(
        $fullReport.job(id: "full", "/tmp", to: "ops", at: Address(street: "Main Street"), depth: nil, retried))
    try await scheduler.add($noParameters.job(id: "none"))
    try await scheduler.add($onMain.job(id: "main", default: 3))
    try await scheduler.add(Static.$member.job(id: "member", [Address(street: "a"), Address(street: "b")]))
}
#endif
