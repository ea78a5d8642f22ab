/// The reason why something was refused or failed.
public struct CarillonError: Error, Sendable, CustomStringConvertible {
    /// The kind of error. New codes may be added: always have a `default` in a `switch`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The name of the code.
        public let description: String

        /// A string is not a valid job id, task name or node id.
        public static let invalidName = Code(description: "invalidName")
        /// A number of a policy is out of range.
        public static let invalidPolicy = Code(description: "invalidPolicy")
        /// A range of time is not valid, or contains too much.
        public static let invalidRange = Code(description: "invalidRange")
        /// Exported jobs, or jobs written by hand in that form, cannot be read.
        public static let invalidExport = Code(description: "invalidExport")
        /// Arguments do not decode as the type that the task takes.
        public static let invalidArguments = Code(description: "invalidArguments")
        /// Arguments refer to a variable that is not set, or to a file that cannot be read.
        public static let unresolvedArguments = Code(description: "unresolvedArguments")
        /// Jobs of a configuration cannot be run by this program; the reason has a line for each.
        public static let invalidConfiguration = Code(description: "invalidConfiguration")
        /// A configuration is for other machines.
        public static let hostNotAllowed = Code(description: "hostNotAllowed")
        /// No task of this name is registered.
        public static let taskNotFound = Code(description: "taskNotFound")
        /// No job store or executor has this alias.
        public static let aliasNotFound = Code(description: "aliasNotFound")
        /// A job store or executor has this alias already.
        public static let aliasTaken = Code(description: "aliasTaken")
        /// The call is not possible while the scheduler runs, or while it does not.
        public static let wrongState = Code(description: "wrongState")
        /// A job with this id exists already.
        public static let jobExists = Code(description: "jobExists")
        /// No job with this id exists.
        public static let jobNotFound = Code(description: "jobNotFound")
        /// The job with this id cannot be read by this version, or is damaged.
        public static let jobUnreadable = Code(description: "jobUnreadable")
        /// Another caller or node has changed the job since it was read.
        public static let jobChanged = Code(description: "jobChanged")
        /// No run with this id exists.
        public static let runNotFound = Code(description: "runNotFound")
        /// The store does not support the call.
        public static let unsupported = Code(description: "unsupported")
        /// The store does not answer, or not in time; trying again may help.
        public static let storeUnavailable = Code(description: "storeUnavailable")
        /// The store can be read but not written.
        public static let storeReadOnly = Code(description: "storeReadOnly")
        /// The store has no room left.
        public static let storeFull = Code(description: "storeFull")
        /// The store's data is damaged.
        public static let storeCorrupt = Code(description: "storeCorrupt")
        /// Nodes are using the store, where nobody may.
        public static let storeInUse = Code(description: "storeInUse")
        /// The store holds something already, where it has to be empty.
        public static let storeNotEmpty = Code(description: "storeNotEmpty")
        /// What was moved to a store is not what the other store holds.
        public static let transferMismatch = Code(description: "transferMismatch")
        /// The store was written by a newer version.
        public static let storeTooNew = Code(description: "storeTooNew")
        /// Any other failure of a store.
        public static let storeFailed = Code(description: "storeFailed")
    }

    /// The kind of error.
    public let code: Code
    /// What is wrong and what to do, in one sentence without a full stop.
    public let reason: String
    /// The error of another library that caused this one.
    public let underlying: (any Error)?

    /// Creates an error.
    public init(_ code: Code, _ reason: String, underlying: (any Error)? = nil) {
        self.code = code
        self.reason = reason
        self.underlying = underlying
    }

    /// One line of text, with the underlying error.
    public var description: String { underlying.map { "\(reason) (\($0))" } ?? reason }
}

extension CarillonError: Equatable {
    /// Whether both have the same code and description; underlying errors are compared by their descriptions.
    public static func == (left: CarillonError, right: CarillonError) -> Bool {
        left.code == right.code && left.description == right.description
    }
}
