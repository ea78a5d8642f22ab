/// Why something was refused or failed.
public struct CarillonError: Error, Sendable, CustomStringConvertible {
    /// What kind of thing is wrong. New codes may be added: always have a default in a `switch`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The name of the code.
        public let description: String

        /// A job id, task name or node id that is none.
        public static let invalidName = Code(description: "invalidName")
        /// A policy's number that is out of range.
        public static let invalidPolicy = Code(description: "invalidPolicy")
        /// A range of time that is none, or that has too much in it.
        public static let invalidRange = Code(description: "invalidRange")
        /// Jobs that were exported, or written by hand in that form, and are not to be read.
        public static let invalidExport = Code(description: "invalidExport")
        /// Arguments that do not decode as what the task takes.
        public static let invalidArguments = Code(description: "invalidArguments")
        /// Arguments that refer to a variable that is not set, or to a file that cannot be read.
        public static let unresolvedArguments = Code(description: "unresolvedArguments")
        /// No task of this name is registered.
        public static let taskNotFound = Code(description: "taskNotFound")
        /// No job store or executor has this alias.
        public static let aliasNotFound = Code(description: "aliasNotFound")
        /// A job store or executor has this alias already.
        public static let aliasTaken = Code(description: "aliasTaken")
        /// What was asked for is not possible while the scheduler runs, or while it does not.
        public static let wrongState = Code(description: "wrongState")
        /// A job with this id is there already.
        public static let jobExists = Code(description: "jobExists")
        /// No job with this id is there.
        public static let jobNotFound = Code(description: "jobNotFound")
        /// The job with this id cannot be read by this version, or is damaged.
        public static let jobUnreadable = Code(description: "jobUnreadable")
        /// Somebody else changed the job since it was read.
        public static let jobChanged = Code(description: "jobChanged")
        /// No run with this id is there.
        public static let runNotFound = Code(description: "runNotFound")
        /// What was asked for is not to be had from this store.
        public static let unsupported = Code(description: "unsupported")
        /// The store does not answer, or not in time; trying again may help.
        public static let storeUnavailable = Code(description: "storeUnavailable")
        /// The store is there but cannot be written.
        public static let storeReadOnly = Code(description: "storeReadOnly")
        /// The store has no room left.
        public static let storeFull = Code(description: "storeFull")
        /// What the store holds is damaged.
        public static let storeCorrupt = Code(description: "storeCorrupt")
        /// The store was written by a newer version.
        public static let storeTooNew = Code(description: "storeTooNew")
        /// Any other failure of a store.
        public static let storeFailed = Code(description: "storeFailed")
    }

    /// What kind of thing is wrong.
    public let code: Code
    /// What is wrong and what to do, in one sentence without a full stop.
    public let reason: String
    /// The error of another library behind this one.
    public let underlying: (any Error)?

    /// Puts an error together.
    public init(_ code: Code, _ reason: String, underlying: (any Error)? = nil) {
        self.code = code
        self.reason = reason
        self.underlying = underlying
    }

    /// One line for a person.
    public var description: String { underlying.map { "\(reason) (\($0))" } ?? reason }
}

extension CarillonError: Equatable {
    /// Whether both say the same; errors of other libraries behind them are compared by what they say.
    public static func == (left: CarillonError, right: CarillonError) -> Bool {
        left.code == right.code && left.description == right.description
    }
}
