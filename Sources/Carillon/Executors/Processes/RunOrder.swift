import CarillonTriggers
import Logging

/// What a worker process is told of a run: all that its task can ask for.
struct RunOrder: Sendable {
    /// The number by which the pool and the worker speak of the run.
    let number: UInt32
    let task: TaskName
    let run: Run.ID
    /// Complete: variables and secrets are put in.
    let arguments: [UInt8]
    /// The report of the run that failed, if this is a run of a failure task.
    let failure: FailureReport?
    /// Judges whether a failure may be retried.
    let retry: RetryPolicy
    /// The variables that went into the arguments, without what masks them.
    let variables: RunVariables
    /// From this time of the boot-time clock on the run may be another node's, in microseconds; `Int64.max` for never.
    let ownUntil: Int64
    /// The trace that the job was added in.
    let trace: [String: String]
    /// What is to be logged.
    let logLevel: Logger.Level

    func write(to frame: inout FrameWriter) {
        frame.add(task.description)
        let occurrence = run.occurrence
        frame.add(occurrence.job.description)
        frame.add(occurrence.generation)
        frame.add(occurrence.scheduled.microseconds)
        frame.add(UInt8(truncatingIfNeeded: Occurrence.Kind.allCases.firstIndex(of: occurrence.kind) ?? 0))
        frame.add(Int64(occurrence.number))
        frame.add(Int64(run.attempt))
        frame.add(arguments)
        frame.add(optional: failure) { $0.add($1.json.bytes) }
        frame.add(retry.errors)
        frame.add(Array(variables.names))
        frame.add(variables.fromFiles)
        frame.add(ownUntil)
        frame.add(trace)
        frame.add(UInt8(truncatingIfNeeded: Logger.Level.allCases.firstIndex(of: logLevel) ?? 0))
    }
}

extension RunOrder {
    init(_ number: UInt32, _ frame: inout FrameReader) throws(FrameError) {
        self.number = number
        task = try Self.name(try frame.text()) { (text) throws(CarillonError) in try TaskName(text) }
        let job = try Self.name(try frame.text()) { (text) throws(CarillonError) in try JobID(text) }
        let generation = try frame.longNumber()
        let scheduled = Instant(microseconds: try frame.longNumber())
        let kind = try Self.member(of: Occurrence.Kind.allCases, at: try frame.byte())
        let occurrence = Occurrence(
            job: job, generation: generation, scheduled: scheduled, kind: kind, number: Int(try frame.longNumber()))
        run = Run.ID(occurrence, attempt: Int(try frame.longNumber()))
        arguments = try frame.block()
        failure =
            try frame.flag()
            ? (try? JSONReader.value(of: try frame.block())).flatMap { FailureReport(json: $0) } : nil
        retry = RetryPolicy(count: 0, errors: try frame.texts())
        var variables = RunVariables()
        variables.names = Set(try frame.texts())
        variables.fromFiles = try frame.pairs()
        self.variables = variables
        ownUntil = try frame.longNumber()
        trace = try frame.pairs()
        logLevel = try Self.member(of: Logger.Level.allCases, at: try frame.byte())
    }

    private static func name<Name>(
        _ text: String, _ make: (String) throws(CarillonError) -> Name
    ) throws(FrameError) -> Name {
        do throws(CarillonError) { return try make(text) } catch { throw FrameError(description: error.reason) }
    }

    static func member<Value>(of all: [Value], at index: UInt8) throws(FrameError) -> Value {
        guard all.indices.contains(Int(index)) else { throw FrameError(description: "there is no value \(index)") }
        return all[Int(index)]
    }
}
