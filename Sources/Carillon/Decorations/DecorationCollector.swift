import CDecorations
public import CarillonTriggers

/// Gathers what decorations declare. `@Scheduled` expands to calls of it; nobody else needs it.
public struct DecorationCollector {
    var jobs: [DecoratedJob] = []
    /// Whether the program is built with the product that has the decorations.
    var isLinked = false

    /// Returns what all records of the program declare, in order of ids and then of places.
    static func collect() -> DecorationCollector {
        var collector = DecorationCollector()
        withUnsafeMutablePointer(to: &collector) { collector in
            // The records give the pointer back to the functions below, during the call alone.
            carillon_call_decorations(UnsafeMutableRawPointer(collector))
        }
        collector.jobs.sort { ($0.id, $0.place) < ($1.id, $1.place) }
        return collector
    }

    /// Says that the program is built with the product that has the decorations.
    public static func note(in collector: UnsafeMutableRawPointer) {
        collector.assumingMemoryBound(to: DecorationCollector.self).pointee.isLinked = true
    }

    /// Declares a job whose function blocks.
    ///
    /// - Parameters:
    ///   - collector: The pointer that a record of the program is called with.
    ///   - id: The job's id.
    ///   - task: The function's name, with the types that it is in.
    ///   - file: The file of the decoration, as `#fileID` has it.
    ///   - line: The line of the decoration.
    ///   - trigger: When the job is due.
    ///   - options: Sets what the decoration says of the job's options and policies.
    ///   - body: The function.
    public static func declare(
        into collector: UnsafeMutableRawPointer, id: String, task: String, file: String, line: Int,
        trigger: @escaping @Sendable () throws -> Trigger,
        options: @escaping @Sendable (inout JobOptions, inout JobPolicies) throws -> Void,
        blocking body: @escaping @Sendable () throws -> Void
    ) {
        add(to: collector, id, task, file, line, trigger, options) { try $0.register($1, body) }
    }

    /// Declares a job whose function blocks, and takes the context of its run.
    public static func declare(
        into collector: UnsafeMutableRawPointer, id: String, task: String, file: String, line: Int,
        trigger: @escaping @Sendable () throws -> Trigger,
        options: @escaping @Sendable (inout JobOptions, inout JobPolicies) throws -> Void,
        blocking body: @escaping @Sendable (TaskContext) throws -> Void
    ) {
        add(to: collector, id, task, file, line, trigger, options) { try $0.register($1, body) }
    }

    /// Declares a job whose function suspends, or belongs to an actor.
    public static func declare(
        into collector: UnsafeMutableRawPointer, id: String, task: String, file: String, line: Int,
        trigger: @escaping @Sendable () throws -> Trigger,
        options: @escaping @Sendable (inout JobOptions, inout JobPolicies) throws -> Void,
        suspending body: @escaping @Sendable () async throws -> Void
    ) {
        add(to: collector, id, task, file, line, trigger, options) { try $0.register($1, body) }
    }

    /// Declares a job whose function suspends, or belongs to an actor, and takes the context of its run.
    public static func declare(
        into collector: UnsafeMutableRawPointer, id: String, task: String, file: String, line: Int,
        trigger: @escaping @Sendable () throws -> Trigger,
        options: @escaping @Sendable (inout JobOptions, inout JobPolicies) throws -> Void,
        suspending body: @escaping @Sendable (TaskContext) async throws -> Void
    ) {
        add(to: collector, id, task, file, line, trigger, options) { try $0.register($1, body) }
    }

    private static func add(
        to collector: UnsafeMutableRawPointer, _ id: String, _ task: String, _ file: String, _ line: Int,
        _ trigger: @escaping @Sendable () throws -> Trigger,
        _ options: @escaping @Sendable (inout JobOptions, inout JobPolicies) throws -> Void,
        _ register: @escaping @Sendable (TaskRegistry, String) throws -> Void
    ) {
        let module = file.prefix { $0 != "/" }
        let job = DecoratedJob(
            id: id, task: "\(module).\(task)", place: "\(file):\(line)", trigger: trigger, options: options,
            register: register)
        collector.assumingMemoryBound(to: DecorationCollector.self).pointee.jobs.append(job)
    }
}
