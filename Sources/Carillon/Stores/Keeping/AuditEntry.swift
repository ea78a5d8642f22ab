public import CarillonTriggers

/// One thing that somebody did, or was refused: who, when, what, with which outcome.
public struct AuditEntry: Hashable, Sendable {
    /// What it was done to: a kind, such as `job`, `run` or `scheduler`, and which one.
    public struct Object: Hashable, Sendable {
        /// What kind of thing it is.
        public let kind: String
        /// Which one of its kind.
        public let id: String

        /// Puts both together.
        public init(kind: String, id: String) {
            self.kind = kind
            self.id = id
        }

        /// A job.
        public static func job(_ id: JobID) -> Object { Object(kind: "job", id: id.description) }

        /// A run.
        public static func run(_ id: Run.ID) -> Object { Object(kind: "run", id: id.description) }
    }

    /// What became of it.
    public enum Result: Hashable, Sendable {
        /// It was done.
        case done
        /// It was refused, and why.
        case refused(String)
        /// Whether it was done is not known, and why.
        case unknown(String)
    }

    /// Who did it.
    public var actor: String
    /// From where: an address, say.
    public var origin: String?
    /// When.
    public var time: Instant
    /// What was done, in a word: `pause`, `modify`.
    public var action: String
    /// What it was done to.
    public var object: Object
    /// What was changed, as it was before: JSON, of changed fields alone.
    public var before: [UInt8]?
    /// What was changed, as it is now: JSON, of changed fields alone.
    public var after: [UInt8]?
    /// In words, where the fields do not say it.
    public var summary: String?
    /// What became of it.
    public var result: Result
    /// By which an answer and a log line are found that belong to it.
    public var request: String?

    /// The most bytes of `before` and of `after`. What is longer is left out, and the summary says so.
    public static let valueLimit = 65_536
    /// The most bytes of the actor, the action and the kind of object; of a longer one the beginning is kept.
    public static let nameLimit = 200
    /// The most bytes of every other text; of a longer one the beginning is kept.
    public static let textLimit = 4096

    /// Puts an entry together.
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

    /// The entry as it is kept, within the limits.
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
        // What was left out is said even where the summary is long.
        let rest = ([summary].compactMap(\.self) + notes).joined(separator: "; ")
        if notes.isEmpty {
            kept.summary = summary.map(cut)
        } else {
            kept.summary = cut(rest.utf8.count > Self.textLimit ? notes.joined(separator: "; ") : rest)
        }
        return kept
    }
}

/// Which entries of an audit log are wanted: those that meet all that is given.
public struct AuditFilter: Hashable, Sendable {
    /// Only what this one did.
    public var actor: String?
    /// Only what was done to things of this kind.
    public var objectKind: String?
    /// Only what was done to this one; counts with `objectKind` alone.
    public var objectID: String?
    /// Only this action.
    public var action: String?
    /// Only what was done in this time.
    public var time: ClosedRange<Instant>?

    /// Every entry.
    public init() {}

    /// Only what was done to one thing.
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

/// How much of an audit log is kept.
public struct AuditLimit: Hashable, Sendable {
    /// For how many days.
    public var days: Int
    /// How many entries, the latest ones.
    public var entries: Int

    /// A year, and 100,000 entries, unless told otherwise.
    public init(days: Int = 365, entries: Int = 100_000) {
        self.days = days
        self.entries = entries
    }
}
