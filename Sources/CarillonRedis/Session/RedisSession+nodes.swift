#if Redis
internal import Carillon
internal import CarillonUnits
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
#endif
