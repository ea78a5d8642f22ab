/// Why a run of a built-in task failed.
public struct TaskFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of thing went wrong. New codes may be added: always have a default in a `switch`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The name of the code.
        public let description: String

        /// The command could not be started.
        public static let commandNotStarted = Code(description: "commandNotStarted")
        /// The command ended with another exit status than 0, or by a signal.
        public static let commandFailed = Code(description: "commandFailed")
        /// The request got no answer, or half of one.
        public static let requestFailed = Code(description: "requestFailed")
        /// The answer has another status than expected.
        public static let unexpectedStatus = Code(description: "unexpectedStatus")
    }

    /// What kind of thing went wrong.
    public let code: Code
    /// What went wrong, as it stands in the run.
    public let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
