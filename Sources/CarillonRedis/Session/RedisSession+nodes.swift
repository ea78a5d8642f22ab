#if Redis
internal import Carillon
internal import CarillonTriggers

extension RedisSession {
    /// See `JobStore.heartbeat`.
    func heartbeat(_ report: NodeReport, since known: KnownNodes?) throws(CarillonError) -> Heartbeat {
        var arguments = RedisArguments([report.id.description])
        arguments.append(StoredReport.bytes(report))
        arguments.append(known.map { String($0.version) } ?? "")
        arguments.append(max(known?.silence ?? 0, 0))
        append(report.tasks, to: &arguments)
        let parts = try write(shared.scripts.heartbeat, arguments).answer.elements
        guard parts.count == 7, let now = parts[0].integer, let version = parts[1].integer else {
            throw CarillonError(.storeFailed, "\(place) answered a heartbeat with something else")
        }
        return Heartbeat(
            storeTime: Instant(microseconds: now), nodes: Self.nodes(parts[3]), nodesVersion: version,
            namesAll: parts[2].text == "1",
            news: StoreNews(
                earliest: times(parts[5], parts[6]),
                cancelRequested: parts[4].elements.compactMap { $0.bytes.flatMap(RunKey.id(member:)) }))
    }

    /// Reads nodes: id, report and stamp in turn.
    private static func nodes(_ reply: RedisReply) -> [NodeRecord] {
        let parts = reply.elements
        return stride(from: 0, to: parts.count - 2, by: 3).compactMap { index -> NodeRecord? in
            guard let text = parts[index].text, let id = try? NodeID(exactly: text), let bytes = parts[index + 1].bytes,
                let stamp = parts[index + 2].score
            else { return nil }
            // A newer version may report what this one does not understand; this one must not judge it then.
            guard let report = bytes.isEmpty ? NodeReport(unheardOf: id) : StoredReport.report(id, bytes) else {
                return nil
            }
            return NodeRecord(report: report, lastHeartbeat: Instant(microseconds: stamp))
        }.sorted { $0.report.id < $1.report.id }
    }

    /// See `NodeListing`.
    func nodesAtAGlance() throws(CarillonError) -> (time: Instant, nodes: [NodeRecord]) {
        let parts = try read(shared.scripts.glance, RedisArguments()).elements
        guard parts.count == 2, let now = parts[0].integer else {
            throw CarillonError(.storeFailed, "\(place) answered a question for its nodes with something else")
        }
        return (Instant(microseconds: now), Self.nodes(parts[1]))
    }

    /// See `JobStore.forget`.
    func forget(_ nodes: Set<NodeID>) throws(CarillonError) {
        guard !nodes.isEmpty else { return }
        _ = try write(shared.scripts.forget, RedisArguments(nodes.map(\.description)))
    }

    /// How many bytes of notes one script gets.
    private static var notesPerStep: Int { 8_000_000 }

    /// See `JobStore.note`.
    func note(_ notes: [RunNotes], from node: NodeID, at now: Instant) throws(CarillonError) {
        var last: [Run.ID: RunNotes] = [:]
        for note in notes { last[note.run] = note }
        var arguments = RedisArguments()
        for note in last.values {
            arguments.append(note.run.occurrence.generation)
            arguments.append(RunKey(note.run).bytes)
            arguments.append(StoredRun.head(runningOn: node, fence: note.fence))
            arguments.append(StoredNotes.bytes(note, at: now))
            arguments.append(note.log.map { [UInt8(ascii: "1")] + $0 } ?? [])
            if arguments.bytes.count > Self.notesPerStep {
                _ = try write(NodeScripts.note, arguments)
                arguments = RedisArguments()
            }
        }
        if arguments.count > 0 { _ = try write(NodeScripts.note, arguments) }
    }
}

/// How reports of nodes are written.
enum StoredReport {
    static func bytes(_ report: NodeReport) -> [UInt8] {
        var fields = PackedFields()
        fields.append(report.host)
        fields.append(Int64(report.process))
        fields.append(report.processStart)
        fields.append(report.zones)
        // Their order does not matter, so it is always the same.
        for task in report.tasks.sorted() { fields.append(task.description) }
        return fields.bytes
    }

    static func report(_ id: NodeID, _ bytes: [UInt8]) -> NodeReport? {
        var reader = PackedReader(bytes)
        do throws(UnreadableValue) {
            let host = try reader.text("host")
            let process = Int32(truncatingIfNeeded: try reader.integer("process"))
            let start = try reader.integer("start of the process")
            let zones = try reader.optionalText("zones")
            var tasks: Set<TaskName> = []
            while !reader.isAtEnd { tasks.insert(try reader.name("task", TaskName.init(exactly:))) }
            return NodeReport(
                id: id, host: host, process: process, processStart: start, tasks: tasks, zones: zones)
        } catch {
            return nil
        }
    }
}

/// How notes are written, but for the log. They begin with the fence.
enum StoredNotes {
    static func bytes(_ notes: RunNotes, at now: Instant) -> [UInt8] {
        var fields = PackedFields()
        fields.append(notes.fence)
        fields.append(now.microseconds)
        fields.append(notes.progress.map { "\($0.fraction)" })
        fields.append(notes.progress?.note)
        fields.append(Int64(notes.written))
        fields.append(notes.process.map { Int64($0.number) })
        fields.append(notes.process?.start)
        return fields.bytes
    }

    /// Reads notes, and when they were made; `nil` if there are none, or they cannot be read.
    static func notes(_ run: Run.ID, _ bytes: [UInt8]?, log: [UInt8]?) -> (notes: RunNotes, noted: Instant)? {
        guard let bytes else { return nil }
        var reader = PackedReader(bytes)
        do throws(UnreadableValue) {
            let fence = try reader.count("fence")
            let noted = try reader.instant("time of the notes")
            let fraction = try reader.optionalText("fraction").flatMap { Double($0) }
            let doing = try reader.optionalText("what it does")
            let written = try reader.count("bytes logged")
            let number = try reader.optionalInteger("process").flatMap(Int32.init(exactly:))
            let start = try reader.optionalInteger("start of the process")
            var process: RunProcess?
            if let number, let start { process = RunProcess(number: number, start: start) }
            return (
                RunNotes(
                    run: run, fence: fence, progress: fraction.map { RunProgress($0, doing ?? "") }, log: log,
                    written: Int(written), process: process), noted
            )
        } catch {
            return nil
        }
    }
}
#endif
