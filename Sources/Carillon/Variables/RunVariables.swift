/// What a run has of variables and secret files.
package struct RunVariables: Sendable {
    /// The variables of the environment that the arguments of the run refer to.
    package internal(set) var names: Set<String> = []
    /// The variables of its environment files.
    package internal(set) var fromFiles: [String: String] = [:]
    /// What nobody is to see in what the run says.
    package internal(set) var mask = SecretMask()

    init() {}
}
