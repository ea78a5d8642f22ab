#if MongoDB
internal import Carillon
internal import CarillonTriggers
internal import CarillonUnits

/// The nodes are one document, so that a heartbeat and what it answers are one step. Its times are those of the server's
/// clock, which has milliseconds.
extension MongoSession {
    /// The server's clock in microseconds, as an expression.
    private func clock() throws(CarillonError) -> BSONValue {
        var offset: Int64 = 0
        if shared.hasTestClock {
            offset = try find(.meta, ["_id": "test-clock"]).first?["number"]?.integer ?? 0
        }
        return ["$add": [["$multiply": [["$toLong": "$$NOW"], 1000]], .integer(offset)]]
    }

    /// See `JobStore.heartbeat`.
    func heartbeat(_ report: NodeReport, since known: KnownNodes?) throws(CarillonError) -> Heartbeat {
        let name = report.id.description
        let bytes = StoredReport.bytes(report)
        let clock = try clock()
        var document = try changeNodes(
            where: ["list": ["$elemMatch": ["id": .text(name), "r": .bytes(bytes)]]], clock,
            [
                "list": [
                    "$map": [
                        "input": "$list", "as": "node",
                        "in": [
                            "$cond": [
                                ["$eq": ["$$node.id", ["$literal": .text(name)]]],
                                ["$mergeObjects": ["$$node", ["s": "$now"]]], "$$node",
                            ]
                        ],
                    ]
                ]
            ])
        if document == nil { document = try changeNodes(where: [:], clock, Self.replacing(name, bytes)) }
        // Nobody may have a running run and be unknown: no other node would ever recover it.
        for node in try runners() {
            guard let list = document?["list"]?.array, !list.contains(where: { $0.document?["id"]?.text == node })
            else {
                continue
            }
            document =
                try changeNodes(where: ["list.id": ["$ne": .text(node)]], clock, Self.replacing(node, [])) ?? document
        }
        guard let document, let now = document["now"]?.integer, let version = document["version"]?.integer else {
            throw CarillonError(.storeFailed, "\(place) has lost the document of its nodes")
        }
        var nodes = Self.nodes(document)
        let namesAll = known?.version != version
        if !namesAll, let known {
            let silence = max(known.silence, 0)
            nodes = nodes.filter { abs($0.lastHeartbeat.microseconds - now) > silence }
        }
        return Heartbeat(
            storeTime: Instant(microseconds: now), nodes: nodes, nodesVersion: version, namesAll: namesAll,
            news: try news(for: report.id, tasks: report.tasks))
    }

    /// What gives a node another report, and the nodes another version.
    private static func replacing(_ node: String, _ report: [UInt8]) -> BSONDocument {
        [
            "list": [
                "$concatArrays": [
                    others(than: [node]),
                    [["id": ["$literal": .text(node)], "r": ["$literal": .bytes(report)], "s": "$now"]],
                ]
            ],
            "version": nextVersion,
        ]
    }

    private static func others(than nodes: [String]) -> BSONValue {
        [
            "$filter": [
                "input": "$list", "as": "node",
                "cond": ["$not": [["$in": ["$$node.id", ["$literal": .texts(nodes)]]]]],
            ]
        ]
    }

    private static let nextVersion: BSONValue = ["$max": [["$add": ["$version", 1]], "$now"]]

    private func changeNodes(
        where filter: BSONDocument, _ clock: BSONValue, _ set: BSONDocument
    ) throws(CarillonError) -> BSONDocument? {
        var query: BSONDocument = ["_id": "nodes"]
        for (name, value) in filter.fields { query.append(name, value) }
        return try write([
            "findAndModify": .text(name(.meta)), "query": .document(query),
            "update": [["$set": ["now": clock]], ["$set": .document(set)]], "new": true,
        ])["value"]?.document
    }

    /// The nodes that have a running run.
    private func runners() throws(CarillonError) -> Set<String> {
        let answer = try read(["distinct": .text(name(.units)), "key": "on"])
        return Set(answer["values"]?.array.compactMap(\.text) ?? [])
    }

    private static func nodes(_ document: BSONDocument) -> [NodeRecord] {
        let list = document["list"]?.array.compactMap(\.document) ?? []
        return list.compactMap { entry -> NodeRecord? in
            guard let text = entry["id"]?.text, let id = try? NodeID(exactly: text), let bytes = entry["r"]?.bytes,
                let stamp = entry["s"]?.integer
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
        let found = try all(
            [
                "aggregate": .text(name(.meta)),
                "pipeline": [["$match": ["_id": "nodes"]], ["$set": ["now": try clock()]]], "cursor": [:],
            ], of: .meta)
        guard let document = found.first, let now = document["now"]?.integer else {
            throw CarillonError(.storeFailed, "\(place) has lost the document of its nodes")
        }
        return (Instant(microseconds: now), Self.nodes(document))
    }

    /// See `JobStore.forget`. One that takes a run meanwhile is known again with the next heartbeat.
    func forget(_ nodes: Set<NodeID>) throws(CarillonError) {
        guard !nodes.isEmpty else { return }
        let idle = Set(nodes.map(\.description)).subtracting(try runners()).sorted()
        guard !idle.isEmpty else { return }
        _ = try changeNodes(
            where: ["list.id": ["$in": .texts(idle)]], try clock(),
            ["list": Self.others(than: idle), "version": Self.nextVersion])
    }

    /// See `JobStore.note`.
    func note(_ notes: [RunNotes], from node: NodeID, at now: Instant) throws(CarillonError) {
        var last: [Run.ID: RunNotes] = [:]
        for note in notes { last[note.run] = note }
        for some in Array(last.values).batches(of: 100) {
            let updates = some.map { note -> BSONValue in
                let key = RunName.text(note.run)
                var entry: BSONDocument = [
                    "k": .text(key), "f": .integer(note.fence),
                    "n": ["$literal": .bytes(StoredNotes.bytes(note, at: now))],
                ]
                if let log = note.log { entry.append("l", ["$literal": .bytes(log)]) }
                return [
                    "q": [
                        "_id": .integer(note.run.occurrence.generation),
                        "runs": [
                            "$elemMatch": [
                                "k": .text(key), "h": .bytes(StoredRun.head(runningOn: node, fence: note.fence)),
                            ]
                        ],
                    ],
                    "u": [
                        [
                            "$set": [
                                "notes": [
                                    "$concatArrays": [
                                        [
                                            "$filter": [
                                                "input": ["$ifNull": ["$notes", []]], "as": "note",
                                                "cond": ["$ne": ["$$note.k", .text(key)]],
                                            ]
                                        ], [.document(entry)],
                                    ]
                                ]
                            ]
                        ]
                    ],
                ]
            }
            try write(["update": .text(name(.units)), "updates": .array(updates), "ordered": false])
        }
    }
}
#endif
