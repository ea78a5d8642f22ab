#if MongoDB
internal import Carillon

/// The collections of a storage.
package enum MongoCollection: String, CaseIterable {
    /// Jobs, each with its open runs.
    case units
    /// Ended runs.
    case past
    /// Reasons why occurrences did not run.
    case reasons
    /// The layout's version, the counters, and the nodes.
    case meta
    /// The audit log.
    case audit
    /// Remembered requests.
    case requests

    /// The whole name. The store named `jobs` never touches a collection `jobs`, which is APScheduler's.
    package func name(_ prefix: String) -> String { "\(prefix).carillon.\(rawValue)" }
}

/// What is made of a storage when it is opened.
enum MongoStorage {
    /// The version of the layout.
    static let format: Int64 = 1

    /// What every write waits for.
    static func durable(_ timeout: Duration) -> BSONValue {
        // Sooner than the connection gives up, so that the answer says what is wrong.
        ["w": "majority", "j": true, "wtimeout": .integer(max(Int64(timeout / .milliseconds(1)) * 4 / 5, 1))]
    }

    /// Checks the server and the layout, and makes what is not there.
    static func attach(_ made: MongoConnection, _ prefix: String) throws(MongoFailure) {
        let hello = try made.run(["hello": 1], writes: false, on: "admin")
        guard hello["maxWireVersion"]?.integer ?? 0 >= 8 else {
            throw MongoFailure(.unsuitable, "the server is older than MongoDB 4.2")
        }
        guard hello["setName"] != nil || hello["msg"]?.text == "isdbgrid" else {
            throw MongoFailure(
                .unsuitable,
                "it is no replica set; one of a single member will do: start mongod with --replSet, then rs.initiate()")
        }
        let meta = MongoCollection.meta.name(prefix)
        let found = try made.run(
            ["find": .text(meta), "filter": ["_id": "format"], "readConcern": ["level": "majority"]], writes: false)
        if let number = found["cursor"]?.document?["firstBatch"]?.array.first?.document?["number"]?.integer {
            guard number <= format else { throw MongoFailure(.tooNew, "the layout has version \(number)") }
            if number == format { return }
        }
        try make(made, prefix)
    }

    private static func make(_ made: MongoConnection, _ prefix: String) throws(MongoFailure) {
        for (collection, indexes) in indexes {
            _ = try made.run(
                [
                    "createIndexes": .text(collection.name(prefix)), "indexes": .array(indexes),
                    "writeConcern": durable(.seconds(5)),
                ], writes: true)
        }
        // The format last: where it is, everything is.
        let documents: [BSONDocument] = [
            ["_id": "generations", "number": 0], ["_id": "audit", "number": 0],
            ["_id": "nodes", "version": 1, "list": []], ["_id": "format", "number": .integer(format)],
        ]
        for document in documents {
            do throws(MongoFailure) {
                _ = try made.run(
                    [
                        "insert": .text(MongoCollection.meta.name(prefix)), "documents": .array([.document(document)]),
                        "writeConcern": durable(.seconds(5)),
                    ], writes: true)
            } catch {
                // Another process makes the same storage.
                guard error.kind == .refused(MongoFailure.duplicate) else { throw error }
            }
        }
    }

    private static let indexes: [(MongoCollection, [BSONValue])] = [
        (
            .units,
            [
                index("name", ["name": 1], isUnique: true),
                index("due", ["task": 1, "due": 1]), index("at", ["at": 1, "name": 1]),
                index("ready", ["ready.t": 1, "priority": -1, "available": 1]),
                index("waiting", ["waiting": 1]), index("on", ["on": 1]), index("cancel", ["cancel": 1]),
                index("id", ["id": 1]), index("tags", ["tags": 1, "name": 1]),
                index("origin", ["origin": 1, "name": 1]),
                index("outbox", ["outbox.t": 1]), index("runs", ["runs.k": 1]),
            ]
        ),
        (
            .past,
            [
                index("job", ["job": 1, "_id": -1]), index("task", ["task": 1, "outcome": 1, "late": 1, "_id": -1]),
                index("node", ["node": 1, "outcome": 1, "late": 1, "_id": -1]),
                index("outcome", ["outcome": 1, "late": 1, "_id": -1]), index("error", ["error": 1, "_id": -1]),
            ]
        ),
        (.reasons, [index("job", ["job": 1, "last": -1])]),
        (.audit, [index("objects", ["objects": 1]), index("actors", ["actors": 1])]),
        (.requests, [index("expires", ["expires": 1])]),
    ]

    /// Documents without the first field of an index are not in it.
    private static func index(_ name: String, _ key: BSONDocument, isUnique: Bool = false) -> BSONValue {
        let first = key.fields.first?.name ?? name
        var index: BSONDocument = [
            "key": .document(key), "name": .text(name),
            "partialFilterExpression": .document([first: ["$exists": true]]),
        ]
        // Runs and all of a job are looked for by equality alone.
        if name == "job" { index["partialFilterExpression"] = nil }
        if isUnique { index.append("unique", true) }
        return .document(index)
    }
}
#endif
