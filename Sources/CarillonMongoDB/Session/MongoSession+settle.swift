#if MongoDB
internal import Carillon
internal import CarillonUnits

/// Moves what has left units to the history. Each step may be done twice, by one process or by several: a run is written once
/// and never changes, a range of reasons only by a newer version, and an entry goes when all of it is where it belongs.
extension MongoSession {
    /// How many units are settled at once.
    private static var settledAtOnce: Int { 100 }

    /// Moves what has left some units.
    func settle(_ generations: [Int64]) throws(CarillonError) {
        for some in Array(Set(generations)).batches(of: Self.settledAtOnce) {
            try settle(units: ["_id": ["$in": .integers(some)], "outbox.t": ["$exists": true]])
        }
    }

    /// Moves what has left any unit, so that who reads the history then finds all that was answered before. Mostly nothing
    /// has: it is moved right after it was written, unless a process died in between.
    func settleAll() throws(CarillonError) {
        while try settle(units: ["outbox.t": ["$exists": true]]) == Self.settledAtOnce {}
    }

    @discardableResult
    private func settle(units filter: BSONDocument) throws(CarillonError) -> Int {
        let units = try find(
            .units, filter, fields: ["outbox": 1, "notes": 1, "over": 1], limit: Self.settledAtOnce)
        guard !units.isEmpty else { return 0 }
        var runs: [(filter: BSONDocument, update: BSONDocument)] = []
        var reasons: [(filter: BSONDocument, update: BSONDocument)] = []
        for unit in units {
            let notes = unit["notes"]?.array.compactMap(\.document) ?? []
            for entry in Self.entries(unit) {
                for run in entry["runs"]?.array.compactMap(\.document) ?? [] {
                    var whole = Self.keepingLog(run, notes)
                    whole["_id"] = nil
                    runs.append((["_id": run["_id"] ?? .nothing], ["$setOnInsert": .document(whole)]))
                }
                for reason in entry["reasons"]?.array.compactMap(\.document) ?? [] {
                    var fields = reason
                    fields["_id"] = nil
                    let older: BSONDocument = [
                        "_id": reason["_id"] ?? .nothing, "v": ["$lt": reason["v"] ?? .nothing],
                    ]
                    reasons.append((older, ["$set": .document(fields)]))
                }
            }
        }
        try put(.past, runs)
        try put(.reasons, reasons)
        try drop(units)
        return units.count
    }

    private static func entries(_ unit: BSONDocument) -> [BSONDocument] {
        unit["outbox"]?.array.compactMap(\.document) ?? []
    }

    /// A run that ended without a log keeps what was noted of it.
    private static func keepingLog(_ document: BSONDocument, _ notes: [BSONDocument]) -> BSONDocument {
        guard case .success(let ended) = PastDocument.ended(document), ended.run.log == nil,
            let note = notes.last(where: { $0["k"] == document["_id"] && $0["f"]?.integer == ended.run.fence }),
            let log = note["l"]?.bytes
        else { return document }
        var run = ended.run
        run.log = log
        return PastDocument.document(run, task: ended.task)
    }

    private func drop(_ units: [BSONDocument]) throws(CarillonError) {
        let (over, others) = (units.filter { $0["over"]?.isTrue ?? false }, units.filter { $0["over"] == nil })
        try delete(.units, over.map { ["_id": $0["_id"] ?? .nothing, "over": true] })
        guard !others.isEmpty else { return }
        let updates = others.map { unit -> BSONValue in
            let entries = Self.entries(unit)
            let tokens = entries.compactMap { $0["t"] }
            let names = entries.flatMap { $0["runs"]?.array ?? [] }.compactMap { $0.document?["_id"] }
            return [
                "q": ["_id": unit["_id"] ?? .nothing],
                "u": [
                    "$pull": ["outbox": ["t": ["$in": .array(tokens)]], "notes": ["k": ["$in": .array(names)]]]
                ],
            ]
        }
        try write(["update": .text(name(.units)), "updates": .array(updates), "ordered": false])
    }
}
#endif
