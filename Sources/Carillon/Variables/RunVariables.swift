/// The variables and secrets that went into the arguments of a run.
package struct RunVariables: Sendable {
    /// The names of the environment variables that the arguments refer to.
    package internal(set) var names: Set<String> = []
    /// The variables from the job's environment files.
    package internal(set) var fromFiles: [String: String] = [:]
    /// Masks the secrets in what the run reports.
    package internal(set) var mask = SecretMask()

    init() {}
}
