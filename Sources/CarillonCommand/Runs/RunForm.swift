#if Command
import Carillon
import CarillonTriggers

/// A run as commands show it.
struct RunForm {
    let run: Run
    /// The zone to show times in.
    let zone: Zone

    init(_ run: Run, zone: Zone) {
        self.run = run
        self.zone = zone
    }

    /// `waiting`, `ready`, `running` or `finished`.
    var state: String {
        switch run.state {
        case .waiting: "waiting"
        case .ready: "ready"
        case .running: "running"
        case .finished: "finished"
        }
    }

    /// How it ended.
    var outcome: Outcome? {
        guard case .finished(let outcome) = run.state else { return nil }
        return outcome
    }

    /// The outcome or, while it is open, the state.
    var word: String { outcome?.rawValue ?? state }

    var colour: Colour? {
        switch outcome {
        case .succeeded: .green
        case .failed, .timedOut, .lost: .red
        case .cancelled: .yellow
        case nil: state == "running" ? .cyan : nil
        }
    }

    /// How long it has worked; nothing where it ended while nobody worked at it.
    var duration: String { ShownTime.duration(from: run.workTime?.began, to: run.workTime?.ended) }

    /// Why it failed or, while it is open, what is to be said of it; that a stop has interrupted it only until it is begun
    /// again.
    var remark: String? {
        if case .running = run.state, run.isInterrupted { return nil }
        return run.error
    }

    /// The object that `docs/commands.md` describes.
    ///
    /// - Parameter isWhole: With result and log, which may be long.
    func json(isWhole: Bool) -> JSONValue {
        let occurrence = run.id.occurrence
        var form = JSONForm()
        form.add("id", run.id.description)
        form.add("job", occurrence.job.description)
        form.add("generation", occurrence.generation)
        form.add("scheduled", occurrence.scheduled, in: zone)
        form.add("kind", occurrence.kind.rawValue)
        form.add("number", occurrence.number)
        form.add("attempt", run.id.attempt)
        form.add("state", state)
        form.add("outcome", outcome?.rawValue)
        form.add("due", run.due, in: zone)
        form.add("available", run.available, in: zone)
        form.add("started", run.started, in: zone)
        form.add("finished", run.finished, in: zone)
        form.add("node", run.node?.description)
        form.add("task", run.task?.description)
        form.add("recoveries", run.recoveries)
        form.add("cancel_requested", run.isCancelRequested)
        form.add("error", run.error)
        form.add("progress", run.progress?.json)
        guard isWhole else { return form.value }
        form.add("arguments", run.arguments.map(Self.value))
        form.add("result", run.result.map(Self.value))
        form.add("log", run.log.map { String(decoding: $0, as: UTF8.self) })
        form.add("log_bytes", run.written ?? run.log?.count)
        form.add("noted", run.noted, in: zone)
        return form.value
    }

    /// The object without result and log, and an event before.
    ///
    /// - Parameter sentence: What is said of the event.
    func json(event: String, sentence: String? = nil) -> JSONValue {
        guard case .object(let members) = json(isWhole: false) else { return .null }
        let more = sentence.map { [JSONValue.Member("sentence", .string($0))] } ?? []
        return .object([JSONValue.Member("event", .string(event))] + members + more)
    }

    private static func value(_ bytes: [UInt8]) -> JSONValue {
        (try? JSONReader.value(of: bytes)) ?? .string(String(decoding: bytes, as: UTF8.self))
    }
}

extension RunProgress {
    /// The object that `docs/commands.md` describes.
    fileprivate var json: JSONValue {
        var form = JSONForm()
        form.add("fraction", .decimal("\(fraction)"))
        form.add("note", note)
        return form.value
    }
}

/// Runs as a table.
struct RunTable {
    private let times: ShownTime
    private let names: RunNames
    private var table = Table([
        Table.Column("OUTCOME"),
        Table.Column("RUN", mayStandBelow: true),
        Table.Column("WHEN", rank: 2),
        Table.Column("TOOK", rank: 1),
        Table.Column("NODE", rank: 0, shortest: 12),
        Table.Column("ERROR", rank: 3, shortest: 16, isWorthALine: true),
    ])

    init(_ forms: [RunForm], _ names: RunNames, now: Instant) {
        times = ShownTime(now: now)
        self.names = names
        for form in forms { append(form) }
    }

    var isEmpty: Bool { table.isEmpty }
    var lines: [String] { table.lines(for: .output) }

    private mutating func append(_ form: RunForm) {
        let run = form.run
        table.append([
            Table.Cell(form.word, form.colour),
            Table.Cell(names[run.id]),
            Table.Cell(times.distance(run.id.occurrence.scheduled)),
            Table.Cell(form.duration),
            Table.Cell(run.node?.description ?? ""),
            Table.Cell(form.remark?.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""),
        ])
    }
}
#endif
