import CarillonTriggers

/// Exported jobs, to move them from one store to another: the contents of an export file.
///
///     {"carillon": 1, "jobs": [
///     {"id": "report", "store": "default", "state": "paused", "task": "report", "trigger": {"type": "cron", …}, …}
///     ]}
///
/// Each job has its id, the alias of its store, its state if it is not active, and the keys of `JobDefinition`. Times
/// that were fixed when it was added are in its trigger, so that an interval keeps its phase. Its runs, history and
/// next occurrence are not exported: only what a user has set.
public struct JobExport: Hashable, Sendable {
    /// An exported job.
    public struct Entry: Hashable, Sendable {
        /// The job's id.
        public var id: JobID
        /// The alias of the store that keeps the job.
        public var store: String
        /// Whether the job fires.
        public var state: JobFilter.State
        /// The job as its user defines it.
        public var definition: JobDefinition

        /// Creates an entry.
        public init(
            id: JobID,
            store: String = "default",
            state: JobFilter.State = .active,
            definition: JobDefinition
        ) {
            self.id = id
            self.store = store
            self.state = state
            self.definition = definition
        }

        /// Creates an entry from a job in a store.
        public init(_ job: Job, store: String) {
            let state: JobFilter.State =
                switch job.state {
                case .active: .active
                case .paused: .paused
                case .ended: .ended
                }
            self.init(id: job.id, store: store, state: state, definition: job.definition)
        }
    }

    /// The jobs, each id once.
    public var jobs: [Entry]

    /// Creates an export of jobs.
    public init(jobs: [Entry]) { self.jobs = jobs }

    /// The version of the format.
    static let version: Int64 = 1
    /// The most bytes of an export: it is held in memory several times over while it is read.
    public static let byteLimit = 256 * 1024 * 1024
}

extension JobExport {
    /// Returns the export as UTF-8 text, one job a line.
    ///
    /// - Throws: `CarillonError` with `invalidExport`, naming the job, if arguments are not JSON or the text has more
    ///   than `byteLimit` bytes.
    public func json() throws(CarillonError) -> [UInt8] {
        var bytes = Array("{\"carillon\":\(Self.version),\"jobs\":[".utf8)
        for (index, entry) in jobs.enumerated() {
            bytes += Array((index == 0 ? "\n" : ",\n").utf8)
            try entry.json().write(to: &bytes)
            if bytes.count > Self.byteLimit {
                throw CarillonError(
                    .invalidExport,
                    "the jobs have more than \(Self.byteLimit) bytes, the most that can be read back; export one store "
                        + "after the other"
                )
            }
        }
        bytes += Array("\n]}\n".utf8)
        return bytes
    }

    /// Reads an export. An error anywhere rejects all of it.
    ///
    /// - Throws: `CarillonError` with `invalidExport`, naming the job by its index and id, the key, its value and what
    ///   is allowed.
    public init(json: [UInt8]) throws(CarillonError) { try self.init(json: json, byteLimit: Self.byteLimit) }

    package init(json: [UInt8], byteLimit: Int) throws(CarillonError) {
        guard json.count <= byteLimit else {
            throw CarillonError(
                .invalidExport,
                "exported jobs have at most \(byteLimit) bytes, not \(json.count); import them in parts"
            )
        }
        let forms: [JSONValue]
        do throws(TriggerError) {
            forms = try Self.forms(in: try JSONReader.value(of: json))
        } catch {
            throw CarillonError(.invalidExport, "these are no exported jobs: \(error)")
        }
        jobs = []
        jobs.reserveCapacity(forms.count)
        var places: [JobID: Int] = [:]
        for (index, form) in forms.enumerated() {
            do throws(TriggerError) {
                let entry = try Entry(json: form)
                if let first = places.updateValue(index, forKey: entry.id) {
                    throw TriggerError(.invalidValue, field: "id", "stands in jobs[\(first)] already")
                }
                jobs.append(entry)
            } catch {
                throw CarillonError(.invalidExport, "\(error.inside("jobs[\(index)]"))\(Self.named(form))")
            }
        }
    }

    private static func forms(in value: JSONValue) throws(TriggerError) -> [JSONValue] {
        var reader = try JSONObjectReader(value, of: "exported jobs")
        // The version comes first: another version may have other keys.
        switch try reader.required("carillon") {
        case .integer(version): break
        case let other:
            throw TriggerError(
                .invalidValue,
                field: "carillon",
                value: other.description,
                "is a version that cannot be read; \(version) is"
            )
        }
        let found = reader.value("jobs")
        // A missing key is often misspelt.
        try reader.finish()
        guard let jobs = found else { throw TriggerError(.missingField, field: "jobs", "is missing") }
        guard case .array(let forms) = jobs else {
            throw TriggerError(.invalidValue, field: "jobs", "is an array of jobs, not \(jobs.kindDescription)")
        }
        return forms
    }

    /// Returns the id of a job that cannot be read, for the error; empty if it has no valid id.
    private static func named(_ form: JSONValue) -> String {
        guard case .string(let id) = form["id"], let id = try? JobID(id) else { return "" }
        return " (job '\(id)')"
    }
}

extension JobExport.Entry {
    fileprivate func json() throws(CarillonError) -> JSONValue {
        let definition: JSONValue
        do throws(TriggerError) {
            definition = try self.definition.json()
        } catch {
            throw CarillonError(.invalidExport, "job '\(id)' cannot be exported: \(error)")
        }
        guard case .object(let rest) = definition else { return definition }
        var members = [
            JSONValue.Member("id", .string(id.description)), JSONValue.Member("store", .string(store)),
        ]
        if state != .active { members.append(JSONValue.Member("state", .string(state.rawValue))) }
        return .object(members + rest)
    }

    fileprivate init(json: JSONValue) throws(TriggerError) {
        var reader = try JSONObjectReader(json, of: "a job")
        let given = try reader.string("id")
        let store = try reader.string("store") ?? "default"
        let state = try reader.choice("state", JobFilter.State.self) ?? .active
        var rest: [JSONValue.Member] = []
        for key in JobDefinition.jsonKeys {
            if let value = reader.value(key) { rest.append(JSONValue.Member(key, value)) }
        }
        try reader.finish()
        guard let name = given else { throw TriggerError(.missingField, field: "id", "is missing") }
        let id = try TriggerError.reading("id", name, JobID.init(_:))
        self.init(id: id, store: store, state: state, definition: try JobDefinition(json: .object(rest)))
    }
}
