public import CarillonTriggers

/// One action that somebody performed, or was refused: who, when, what, and with which result.
public struct AuditEntry: Hashable, Sendable {
    /// The object of an action: a kind, such as `job`, `run` or `scheduler`, and an id.
    public struct Object: Hashable, Sendable {
        /// The kind of object.
        public let kind: String
        /// The id among objects of the kind.
        public let id: String

        /// Puts both together.
        public init(kind: String, id: String) {
            self.kind = kind
            self.id = id
        }

        /// Returns the object for a job.
        public static func job(_ id: JobID) -> Object { Object(kind: "job", id: id.description) }

        /// Returns the object for a run.
        public static func run(_ id: Run.ID) -> Object { Object(kind: "run", id: id.description) }
    }

    /// The result of an action.
    public enum Result: Hashable, Sendable {
        /// It was done.
        case done
        /// It was refused, with the reason.
        case refused(String)
        /// Whether it was done is unknown, with the reason.
        case unknown(String)
    }

    /// The actor who did it.
    public var actor: String
    /// Where it came from, such as an address.
    public var origin: String?
    /// The time of the action.
    public var time: Instant
    /// What was done, in one word, such as `pause` or `modify`.
    public var action: String
    /// The object of the action.
    public var object: Object
    /// The changed fields before the action, as JSON.
    public var before: [UInt8]?
    /// The changed fields after the action, as JSON.
    public var after: [UInt8]?
    /// A description in words, if the fields do not say it.
    public var summary: String?
    /// The result of the action.
    public var result: Result
    /// The id of the request, by which its answer and its log lines are found.
    public var request: String?

    /// The most bytes of `before` and of `after`. A longer value is left out, and the summary says so.
    public static let valueLimit = 65_536
    /// The most bytes of the actor, the action and the kind of object; longer ones are truncated.
    public static let nameLimit = 200
    /// The most bytes of every other text; longer ones are truncated.
    public static let textLimit = 4096

    /// Creates an entry.
    public init(
        actor: String,
        origin: String? = nil,
        time: Instant,
        action: String,
        object: Object,
        before: [UInt8]? = nil,
        after: [UInt8]? = nil,
        summary: String? = nil,
        result: Result = .done,
        request: String? = nil
    ) {
        self.actor = actor
        self.origin = origin
        self.time = time
        self.action = action
        self.object = object
        self.before = before
        self.after = after
        self.summary = summary
        self.result = result
        self.request = request
    }

    /// The entry as it is stored, within the limits.
    package var kept: AuditEntry {
        func cut(_ text: String) -> String { text.beginning(bytes: Self.textLimit) }
        var kept = self
        kept.actor = actor.beginning(bytes: Self.nameLimit)
        kept.origin = origin.map(cut)
        kept.action = action.beginning(bytes: Self.nameLimit)
        kept.object = Object(kind: object.kind.beginning(bytes: Self.nameLimit), id: cut(object.id))
        kept.request = request.map(cut)
        switch result {
        case .done: break
        case .refused(let reason): kept.result = .refused(cut(reason))
        case .unknown(let reason): kept.result = .unknown(cut(reason))
        }
        var notes: [String] = []
        for (name, value) in [("before", before), ("after", after)] {
            guard let value, value.count > Self.valueLimit else { continue }
            notes.append("'\(name)' has \(value.count) bytes and is not kept, since \(Self.valueLimit) are the most")
        }
        if let before, before.count > Self.valueLimit { kept.before = nil }
        if let after, after.count > Self.valueLimit { kept.after = nil }
        // The summary says what was left out even if it is long.
        let rest = ([summary].compactMap(\.self) + notes).joined(separator: "; ")
        if notes.isEmpty {
            kept.summary = summary.map(cut)
        } else {
            kept.summary = cut(rest.utf8.count > Self.textLimit ? notes.joined(separator: "; ") : rest)
        }
        return kept
    }
}

/// The entries of an audit log to return: those that match all criteria.
public struct AuditFilter: Hashable, Sendable {
    /// Only actions of this actor.
    public var actor: String?
    /// Only actions on objects of this kind.
    public var objectKind: String?
    /// Only actions on the object with this id; ignored without `objectKind`.
    public var objectID: String?
    /// Only this action.
    public var action: String?
    /// Only actions in this range.
    public var time: ClosedRange<Instant>?

    /// Creates a filter that matches every entry.
    public init() {}

    /// Creates a filter that matches the actions on one object.
    public init(object: AuditEntry.Object) {
        objectKind = object.kind
        objectID = object.id
    }

    package func passes(_ entry: AuditEntry) -> Bool {
        if let actor, actor != entry.actor { return false }
        if let objectKind {
            guard objectKind == entry.object.kind else { return false }
            if let objectID, objectID != entry.object.id { return false }
        }
        if let action, action != entry.action { return false }
        return time?.contains(entry.time) ?? true
    }
}

/// The limits up to which an audit log is kept.
public struct AuditLimit: Hashable, Sendable {
    /// The number of days.
    public var days: Int
    /// The number of entries; the latest are kept.
    public var entries: Int

    /// Creates limits; by default a year and 100,000 entries.
    public init(days: Int = 365, entries: Int = 100_000) {
        self.days = days
        self.entries = entries
    }
}
