#if Redis
internal import Carillon
internal import CarillonTriggers

/// How runs are written.
enum StoredRun {
    /// The value of an open run. It begins with its state, its fence and its node, by which a script recognizes it.
    static func open(_ run: Run) -> [UInt8] {
        var fields = PackedFields()
        appendHead(run, to: &fields)
        appendBody(run, to: &fields)
        fields.append(run.finished?.microseconds)
        fields.append(run.log)
        return fields.bytes
    }

    /// What the value of a run begins with while it is running on a node with a fence.
    static func head(runningOn node: NodeID, fence: Int64) -> [UInt8] {
        var fields = PackedFields()
        fields.append(code(.running(node: node)))
        fields.append(fence)
        fields.append(node.description)
        return fields.bytes
    }

    /// The value of an ended run. It begins with whether there is a log, which is at the end, and with when it ended.
    ///
    /// - Parameter task: The task that it ran, if known.
    static func ended(_ run: Run, task: TaskName?) -> [UInt8] {
        var fields = PackedFields()
        fields.append(run.log == nil ? 0 : 1)
        fields.append(run.finished?.microseconds)
        appendHead(run, to: &fields)
        appendBody(run, to: &fields)
        fields.append(task?.description)
        fields.append(run.errorFingerprint?.description)
        if let log = run.log { fields.append(rest: log) }
        return fields.bytes
    }

    private static func appendHead(_ run: Run, to fields: inout PackedFields) {
        fields.append(code(run.state))
        fields.append(run.fence)
        fields.append(run.node?.description)
    }

    private static func appendBody(_ run: Run, to fields: inout PackedFields) {
        fields.append(run.due.microseconds)
        fields.append(run.available.microseconds)
        fields.append(Int64(run.recoveries))
        fields.append(run.isCancelRequested ? 1 : 0)
        fields.append(run.started?.microseconds)
        fields.append(run.error)
        fields.append(run.result)
        fields.append(run.task?.description)
        fields.append(run.arguments)
    }

    /// Reads an open run.
    static func open(_ id: Run.ID, _ bytes: [UInt8]) throws(UnreadableValue) -> Run {
        var reader = PackedReader(bytes)
        var run = try read(id, &reader)
        guard run.isOpen else { throw UnreadableValue("state is that of an ended run") }
        run.finished = try reader.optionalInstant("finished")
        run.log = try reader.optionalBytes("log")
        guard reader.isAtEnd else { throw UnreadableValue("there is more than Carillon has written") }
        return run
    }

    /// An ended run, with what it is found by.
    struct Ended {
        var run: Run
        /// The task that it ran, if known.
        let task: TaskName?
        let error: ErrorFingerprint?
    }

    /// Reads an ended run.
    static func ended(_ id: Run.ID, _ bytes: [UInt8]) throws(UnreadableValue) -> Ended {
        var reader = PackedReader(bytes)
        let hasLog = try reader.count("log") == 1
        let finished = try reader.optionalInstant("finished")
        var run = try read(id, &reader)
        guard !run.isOpen else { throw UnreadableValue("state is that of an open run") }
        run.finished = finished
        let task = try reader.optionalText("task that it ran")
        let error = try reader.optionalText("kind of error")
        let log = reader.rest()
        if hasLog { run.log = log }
        return Ended(
            run: run, task: try task.map { (text) throws(UnreadableValue) in try name(text, TaskName.init(exactly:)) },
            error: error.flatMap(ErrorFingerprint.init(_:)))
    }

    private static func read(_ id: Run.ID, _ reader: inout PackedReader) throws(UnreadableValue) -> Run {
        let code = try reader.integer("state")
        let fence = try reader.count("fence")
        let node = try reader.optionalText("node").map { (text) throws(UnreadableValue) in
            try name(text, NodeID.init(exactly:))
        }
        var run = Run(
            id: id, state: try state(code, node), due: try reader.instant("due"),
            available: try reader.instant("available"))
        if !run.isOpen { run.node = node }
        run.fence = fence
        run.recoveries = Int(try reader.count("recoveries"))
        run.isCancelRequested = try reader.integer("request to cancel") != 0
        run.started = try reader.optionalInstant("started")
        run.error = try reader.optionalText("error")
        run.result = try reader.optionalBytes("result")
        run.task = try reader.optionalText("task").map { (text) throws(UnreadableValue) in
            try name(text, TaskName.init(exactly:))
        }
        run.arguments = try reader.optionalBytes("arguments")
        return run
    }

    private static func name<Name>(
        _ text: String, _ make: (String) throws(CarillonError) -> Name
    ) throws(UnreadableValue) -> Name {
        do throws(CarillonError) { return try make(text) } catch { throw UnreadableValue("\(error)") }
    }

    private static func state(_ code: Int64, _ node: NodeID?) throws(UnreadableValue) -> Run.State {
        switch code {
        case 0: return .waiting
        case 1: return .ready
        case 2:
            guard let node else { throw UnreadableValue("node is missing") }
            return .running(node: node)
        default:
            guard let outcome = Outcome.allCases.first(where: { self.code(.finished($0)) == code }) else {
                throw UnreadableValue("state is \(code), which is none")
            }
            return .finished(outcome)
        }
    }

    private static func code(_ state: Run.State) -> Int64 {
        switch state {
        case .waiting: 0
        case .ready: 1
        case .running: 2
        case .finished(.succeeded): 10
        case .finished(.failed): 11
        case .finished(.timedOut): 12
        case .finished(.cancelled): 13
        case .finished(.lost): 14
        }
    }
}
#endif
